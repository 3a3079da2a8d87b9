// SPDX-License-Identifier: GPL-2.0
/*
 * Bug 16: on 4-level paging the top-level write is set_p4d, on 5-level it is
 * set_pgd. Taken for the other, root writes go unseen, or writes to the next
 * table down are taken for the root's.
 */
#include <sys/mman.h>

#include "lib/kinds.h"
#include "lib/stage.h"

PGDM_NEEDS(.cpus = 2);

#define GIB_512 (1ul << 39)

STAGE_TEST(strides_of_512_gib)
{
	const uint64_t each = pgdm_has_5_levels() ? 0 : 1;
	char *base = pgdm_slot_address(PGDM_SLOT_FIRST, 0), *page;
	uint64_t before;
	unsigned int i;

	track_self();
	/* With five levels this makes the one root entry for all of them. */
	pgdm_slot_add(PGDM_SLOT_FIRST);
	before = pgdm_stat("publishes");
	for (i = 1; i <= 100; i++) {
		page = mmap(base + i * GIB_512, 4096, PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE,
			    -1, 0);
		ASSERT_EQ(base + i * GIB_512, page);
		*(volatile char *)page = 1;
	}
	EXPECT_EQ(before + 100 * each, pgdm_stat("publishes"));
	for (i = 1; i <= 100; i++)
		ASSERT_EQ(0, munmap(base + i * GIB_512, 4096));
	EXPECT_EQ(before + 200 * each, pgdm_stat("publishes"));
}

/* The first and the last entry that a program can have. */
STAGE_TEST(ends_of_the_user_half)
{
	const uint64_t span = 1ul << pgdm_slot_shift();
	char *const high = (char *)(255 * span + span / 2);
	uint64_t before;
	bool taken;
	char *page;

	track_self();
	before = pgdm_stat("publishes");
	page = mmap(high, 4096, PROT_READ | PROT_WRITE,
		    MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
	ASSERT_EQ(high, page);
	*(volatile char *)page = 1;
	/* With four levels, stack and libraries are there already. */
	taken = !pgdm_has_5_levels();
	EXPECT_EQ(before + !taken, pgdm_stat("publishes"));
	ASSERT_EQ(0, munmap(page, 4096));
	EXPECT_EQ(before + 2 * !taken, pgdm_stat("publishes"));
}

/* Preflight names the function that is hooked. */
STAGE_TEST(hooked_function)
{
	const unsigned int here = pgdm_kinds_here();
	const bool by_set_pgd = here & PGDM_BY_SET_PGD;
	const bool by_tables = here & PGDM_BY_TABLES;
	const bool five = pgdm_has_5_levels();
	const char *text = pgdm_read("preflight");

	EXPECT_EQ(by_set_pgd && !five, !!strstr(text, "ok native_set_p4d: "));
	EXPECT_EQ(by_set_pgd && five, !!strstr(text, "ok native_set_pgd: "));
	EXPECT_EQ(by_tables && !five, !!strstr(text, "ok ___pud_free_tlb: removals"));
	EXPECT_EQ(by_tables && five, !!strstr(text, "ok ___p4d_free_tlb: removals"));
	EXPECT_EQ(!!(here & PGDM_BY_PTI),
		  !!strstr(text, "ok __pti_set_user_pgtbl: "));
}

TEST_HARNESS_MAIN
