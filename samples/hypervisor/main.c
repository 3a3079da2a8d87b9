// SPDX-License-Identifier: GPL-2.0
/*
 * A toy hypervisor on the core of pgd-mirror: runs the same guests under some policies,
 * and says what each has cost, and whether it was right.
 */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "bug.h"
#include "check.h"
#include "guest.h"
#include "hypervisor.h"
#include "policies.h"

#define STEPS	200000

#ifdef PGDM_SEEDED_BUGS
#define BUG_NAME(name, rule) #name,
static const char *const bug_names[] = { PGDM_BUGS(BUG_NAME) };

unsigned long pgdm_bugs;

/* A bug's window: here no other CPU runs meanwhile. */
void pgdm_bug_pause(void)
{
}

static void seed_bug(const char *name)
{
	unsigned int i;

	for (i = 0; i < PGDM_NR_BUGS; i++) {
		if (!strcmp(bug_names[i], name)) {
			pgdm_bugs |= BIT(i);
			return;
		}
	}
	fprintf(stderr, "toy: no bug '%s', see module/core/bug.h\n", name);
	exit(2);
}
#else
static void seed_bug(const char *name)
{
	fprintf(stderr, "toy: -b %s: built without bugs\n", name);
	exit(2);
}
#endif

static u64 total(enum pgdm_stat stat)
{
	u64 sum = 0;
	unsigned int i;

	for (i = 0; i < CPUS; i++)
		sum += cpus[i].cache->stats.value[stat];
	return sum;
}

static bool run(const struct pgdm_policy *policy, unsigned int steps)
{
	pgdm_policy_change(policy);
	machine_create();
	guest_run(steps);
	if (!counts.wrong)
		check_audit();
	printf("%-11s %-5s %8llu %6llu %11llu %6llu %7llu %8llu %6llu %8llu %6llu %8llu\n",
	       policy->name, counts.wrong ? "no" : "yes", counts.entries,
	       total(PGDM_STAT_publishes), total(PGDM_STAT_bytes_copied),
	       counts.kicks, counts.flushes, total(PGDM_STAT_syncs_clean),
	       total(PGDM_STAT_syncs_dirty), total(PGDM_STAT_syncs_full),
	       total(PGDM_STAT_faults_fixed), counts.lacking);
	machine_destroy();
	return !counts.wrong;
}

static int usage(void)
{
	fprintf(stderr, "usage: toy [-x] [-n STEPS] [-b BUG] POLICY...\n"
		"-x: page faults are no sync points, as in Xen.\n"
		"The status is 0 if each policy was right, 1 if one was not.\n");
	return 2;
}

int main(int argc, char **argv)
{
	unsigned int steps = STEPS;
	bool right = true;
	int option;

	hypervisor_syncs_faults = true;
	while ((option = getopt(argc, argv, "xn:b:")) != -1) {
		switch (option) {
		case 'x':
			hypervisor_syncs_faults = false;
			break;
		case 'n':
			steps = strtoul(optarg, NULL, 0);
			break;
		case 'b':
			seed_bug(optarg);
			break;
		default:
			return usage();
		}
	}
	if (optind == argc)
		return usage();
	printf("%-11s %-5s %8s %6s %11s %6s %7s %8s %6s %8s %6s %8s\n", "policy", "right",
	       "entries", "writes", "bytes", "kicks", "flushes", "clean", "dirty", "full",
	       "faults", "lacking");
	for (; optind < argc; optind++) {
		const struct pgdm_policy *policy = pgdm_policies_find(argv[optind]);

		if (!policy) {
			fprintf(stderr, "toy: no policy '%s'\n", argv[optind]);
			return 2;
		}
		right &= run(policy, steps);
	}
	return !right;
}
