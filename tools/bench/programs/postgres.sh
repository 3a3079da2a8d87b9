# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# PostgreSQL refuses to be root. Sourced by make-database and the workload real-postgres.
#
# Before a program's name: it is run by another user, who may nevertheless go through the
# directories that lead to it and to the database.
# shellcheck disable=SC2034	# for the scripts that source this file
as_postgres=(env TZ=UTC setpriv --reuid 65534 --regid 65534 --clear-groups
	--inh-caps=+dac_override --ambient-caps=+dac_override)
