# SPDX-License-Identifier: GPL-2.0
# pgd-mirror: builds, tests and measures. "make help" lists the targets.
# Everything that is made goes to build/; set-up happens by itself.

# A kernel of one's own is the kernel by the name of custom (tools/setup/custom).
ifneq ($(KDIR),)
ifneq ($(filter-out custom,$(KERNEL)),)
$(error KERNEL= is one of Debian's kernels and KDIR= one of your own: give one of them)
endif
override KERNEL := custom
override KDIR := $(abspath $(KDIR))
ifeq ($(wildcard $(KDIR)/Makefile),)
$(error KDIR=$(KDIR): no such directory, or not one that a kernel was built in)
endif
export KDIR
endif
KERNEL ?= 6.1

SHELL := /bin/bash
top := $(CURDIR)
build := $(top)/build

known := $(sort $(patsubst tools/setup/kernels/%.conf,%,$(wildcard tools/setup/kernels/*.conf)))
ifeq ($(filter $(KERNEL),$(known)),)
$(error KERNEL=$(KERNEL): $(or $(shell tools/setup/kernel --known '$(KERNEL)' 2>&1),no such kernel))
endif

kdir := $(build)/kernels/$(KERNEL)/kdir
ifeq ($(KERNEL),custom)
# To build the module for it, headers are enough: it need not be one that can boot.
ifneq ($(KDIR),)
kdir := $(KDIR)
headers_ready :=
else
headers_ready := kernel-ready
endif
strict :=
ifeq ($(LLVM)$(filter-out default undefined,$(origin CC)),)
module_cc = $(addprefix CC=,$(shell tools/setup/compiler $(kdir)))
endif
else
headers_ready := kernel-ready
strict := --strict
module_cc := CC=$(shell sed -n 's/^kernel_cc=//p' tools/setup/kernels/$(KERNEL).conf)
# Where that compiler is, if it is not the machine's.
module_path := PATH=$(build)/kernels/$(KERNEL)/toolchain/bin:$$PATH
endif

host_ready := $(build)/host.stamp
module_dir := $(build)/module/$(KERNEL)
seeded_dir := $(build)/module/$(KERNEL)-seeded
helpers_dir := $(build)/module/$(KERNEL)-selftests
client_dir := $(build)/module/$(KERNEL)-client

# What each target hands on to the tools it runs.
export KERNEL

.DEFAULT_GOAL := module
.PHONY: all module seeded check check-stress check-pcid check-report check-kernels \
	check-kernel-selftests bench answers unit bench-native bench-icount replay \
	bench-memory shell check-style \
	selftests install uninstall check-dkms setup kernel-ready mainline-kernel model model-conformance clean \
	distclean help

all: module			## same as module

# $(call kbuild,SRC,DIR,VARIABLES)
define kbuild
	@+$(module_path) tools/setup/build-module $(strict) $(1) $(2) -C $(kdir) $(module_cc) \
		$(if $(filter 1,$(V)),,-s) $(3)
endef

module: $(host_ready) $(headers_ready)	## the module: build/module/KERNEL/pgd_mirror.ko (default)
	$(call kbuild,module,$(module_dir),)

seeded: $(host_ready) $(headers_ready)	## the module with seeded bugs, for the tests of the tests
	$(call kbuild,module,$(seeded_dir),PGDM_SEEDED_BUGS=1)

check: $(host_ready) kernel-ready	## build and run every test; ends with a count
	@tools/check/run

check-stress: $(host_ready) kernel-ready	## the long tests: every cell of the matrix, live, under load
	@PGDM_SUITES="tools/check/stress-suites tools/check/pcid-suites tools/check/report-suites" tools/check/run

check-report: $(host_ready)	## the benchmark's pages in a browser, 115 MB (part of check-stress)
	@PGDM_SUITES=tools/check/report-suites tools/check/run

check-pcid: $(host_ready) kernel-ready	## live on a CPU with PCIDs, as Bochs emulates one (part of check-stress)
	@PGDM_SUITES=tools/check/pcid-suites tools/check/run

check-kernels: $(host_ready)	## a minute on each kernel, levels, PTI and CPUs: one table
	@tools/check/kernels

check-kernel-selftests: module	## the kernel's own x86 and mm tests, without the module and live
	@tools/check/kernel-selftests

# As it was written: neither make nor the shell of the recipe looks into it.
ifeq ($(origin CMD),command line)
export BENCH_COMMAND := $(value CMD)
endif

bench: kernel-ready module	## the benchmark: table and build/report/ (BENCH=quick|full, BENCH_MODE=live|shadow, CMD='a command of yours')
	@tools/bench/run

answers: $(host_ready)		## put the tables of the last BENCH=full into Documentation/answers.md
	@tools/bench/answers.py

unit: $(host_ready)		## unit tests of the core, in user space
	@$(MAKE) -C selftests/unit check

bench-native: $(host_ready)	## cycles of the core on this CPU: build/report/native.json
	@tools/bench/native/run

replay:				## what each policy would cost: TRACE=file (default: the samples), ARGS='--cpus N ...'
	@tools/replay/run $(ARGS) $(if $(TRACE),'$(TRACE)')

shell: kernel-ready module	## a shell in the virtual machine, module loaded
	@tools/vm/run --kernel $(KERNEL) --insmod '' --timeout 86400 -- bash -l

bench-icount: module		## guest instructions that the module adds: build/report/icount.txt
	@tools/bench/icount/run

bench-memory: module		## memory that a CPU and an mm take, with 1,000 of them live
	@tools/bench/memory/run

check-style: module seeded	## checkpatch, sparse, W=1, kernel-doc, shellcheck
	@tools/check/style

model: $(host_ready)		## ask the model checker: properties, policies, mutations; one table
	@tools/model/run

model-conformance: module seeded	## record traces in the virtual machine, replay them against the model
	@tools/model/record

selftests: module kernel-ready	## build the programs of selftests/, and the sample client
	@$(MAKE) -C selftests
	@$(MAKE) -s -C tools/replay loads
	$(call kbuild,selftests/modules,$(helpers_dir),)
	$(call kbuild,samples/client,$(client_dir),PGDM=$(top)/module KBUILD_EXTRA_SYMBOLS=$(module_dir)/Module.symvers)

install: module			## install the module and its API's header (DESTDIR=, INSTALL_MOD_PATH=)
	@tools/install/install $(kdir) $(module_dir)

uninstall: $(host_ready) $(headers_ready)	## take these away again
	@tools/install/install --remove $(kdir) $(module_dir)

check-dkms: $(host_ready)	## build the module by DKMS for 6.1 and 6.12, and load it there
	@tools/install/test-dkms

setup: $(host_ready) kernel-ready	## only install packages and unpack the kernel

mainline-kernel: $(host_ready)	## a kernel for KDIR=, built from the source of KERNEL (default 6.12), as people build theirs
	@tools/setup/mainline $(if $(filter file,$(origin KERNEL)),,$(KERNEL))

clean:				## remove what was built; the kernels stay
	rm -rf $(build)/module $(build)/check $(build)/replay $(build)/report $(build)/vm-run $(build)/vm-out \
		$(build)/selftests-static
	@! [ -f selftests/Makefile ] || $(MAKE) -s -C selftests clean
	@! [ -f selftests/unit/Makefile ] || $(MAKE) -s -C selftests/unit clean

distclean: clean		## remove build/ whole (downloads are kept in the cache)
	rm -rf $(build)

help:				## this text
	@echo "usage: make [TARGET] [KERNEL=$(subst $() ,|,$(known))] [KDIR=kernel build directory]"
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  \1\t\2/p' Makefile | expand -t 18

$(host_ready): tools/setup/packages tools/setup/host
	@tools/setup/host
	@mkdir -p $(@D) && touch $@

# Quick when there is nothing to do.
kernel-ready: $(host_ready)
	@tools/setup/kernel $(KERNEL)
