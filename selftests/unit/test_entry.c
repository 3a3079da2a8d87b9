// SPDX-License-Identifier: GPL-2.0
/*
 * One entry: encoding, comparison, replacement.
 */
#include "entry.h"
#include "cr3.h"
#include "unit.h"

static bool halves_meet_at_256(void)
{
	CHECK(!pgdm_index_is_kernel(0));
	CHECK(!pgdm_index_is_kernel(255));
	CHECK(pgdm_index_is_kernel(256));
	CHECK(pgdm_index_is_kernel(511));
	return true;
}

/* L4: the Accessed bit alone is no difference, any other bit is one. */
static bool same_ignores_accessed_only(void)
{
	unsigned int bit;

	for (bit = 0; bit < 64; bit++) {
		u64 other = 0x67 ^ BIT_ULL(bit);

		CHECK_EQUAL(pgdm_entry_same(0x67, other),
			    BIT_ULL(bit) == PGDM_ENTRY_ACCESSED);
	}
	CHECK(pgdm_entry_same(0, 0));
	CHECK(pgdm_entry_same(~0ULL, ~0ULL));
	return true;
}

static bool maps_compares_the_address_of_present_entries(void)
{
	const u64 table = 0x000abcdef0123000ULL;

	CHECK(pgdm_entry_maps(table | 0x67, table));
	CHECK(pgdm_entry_maps(table | 0x67 | PGDM_ENTRY_NX, table));
	CHECK(!pgdm_entry_maps(table | 0x66, table));
	CHECK(!pgdm_entry_maps(table | 0x67, table + 0x1000));
	CHECK(!pgdm_entry_maps(0, 0));
	CHECK(pgdm_entry_maps(0x67, 0));
	return true;
}

static bool replace_leaves_a_newer_word(void)
{
	u64 word = 7;

	CHECK(!pgdm_entry_replace(&word, 6, 8));
	CHECK_EQUAL(word, 7);
	CHECK(pgdm_entry_replace(&word, 7, 8));
	CHECK_EQUAL(word, 8);
	pgdm_entry_set(&word, 9);
	CHECK_EQUAL(word, 9);
	return true;
}

/* C1: of CR3 only the address changes, and bit 63 is there with PCIDs only. */
static bool another_root_keeps_the_rest_of_cr3(void)
{
	const u64 mask = PGDM_ENTRY_ADDR;
	unsigned int bit;

	for (bit = 0; bit < 63; bit++) {
		u64 cr3 = BIT_ULL(bit);
		u64 kept = cr3 & mask ? 0 : cr3;

		CHECK_EQUAL(pgdm_cr3_with_root(cr3, mask, 0xabc000, false),
			    0xabc000 | kept);
		CHECK_EQUAL(pgdm_cr3_with_root(cr3, mask, 0xabc000, true),
			    0xabc000 | kept | BIT_ULL(63));
	}
	return true;
}

static const struct unit_test tests[] = {
	UNIT_TEST(halves_meet_at_256),
	UNIT_TEST(same_ignores_accessed_only),
	UNIT_TEST(maps_compares_the_address_of_present_entries),
	UNIT_TEST(replace_leaves_a_newer_word),
	UNIT_TEST(another_root_keeps_the_rest_of_cr3),
};

UNIT_SUITE(entry);
