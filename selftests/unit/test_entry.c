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

/* From the primary, at PCID 3, to the mirror, and back. */
static struct pgdm_cr3_step a_step(bool back, bool pair, bool pcide)
{
	struct pgdm_cr3_step s = {
		.mask = PGDM_ENTRY_ADDR,
		.mirror = 0x5678000,
		.primary = 0x1234000,
		.pair = pair,
		.pcide = pcide,
	};
	u64 rest = 3ULL << 61 | (pcide ? 3 : 0);

	s.from = (back ? s.mirror : s.primary) | rest;
	s.kernel = back ? s.primary | rest : 0;
	s.to = pgdm_cr3_with_root(s.from, s.mask, back ? s.primary : s.mirror,
				  pcide);
	return s;
}

#define for_each_step(i, s)						\
	for ((i) = 0;							\
	     (i) < 8 && ((s) = a_step((i) & 1, (i) & 2, (i) & 4), true);	\
	     (i)++)

/* C1: any bit that differs from what it should be is noticed, by what it means. */
static bool each_wrong_bit_of_cr3_is_noticed(void)
{
	struct pgdm_cr3_step s;
	unsigned int i, bit;

	for_each_step(i, s) {
		const u64 right = s.to;

		CHECK_EQUAL(pgdm_cr3_judge(&s), 0);
		for (bit = 0; bit < 64; bit++) {
			unsigned int wrong;

			s.to = right ^ BIT_ULL(bit);
			wrong = pgdm_cr3_judge(&s);
			if (bit == 63)
				CHECK_EQUAL(wrong, PGDM_CR3_WRONG_NOFLUSH);
			else if (s.mask & BIT_ULL(bit))
				CHECK(wrong & PGDM_CR3_WRONG_ROOT);
			else
				CHECK(wrong & PGDM_CR3_WRONG_REST);
			if (s.kernel && bit != 63 && !(s.mask & BIT_ULL(bit)))
				CHECK(wrong & PGDM_CR3_WRONG_KERNEL);
			if (s.pair && bit == 12)
				CHECK(wrong & PGDM_CR3_WRONG_PAGE);
		}
	}
	return true;
}

/* What CR3 held before may be wrong already: then the rest is no excuse. */
static bool a_wrong_pcid_is_no_better_for_having_been_there(void)
{
	struct pgdm_cr3_step s;
	unsigned int i;

	for_each_step(i, s) {
		u64 pcid = s.pcide ? 3 : PGDM_CR3_USER_PCID;

		s.from ^= pcid;
		s.to ^= pcid;
		CHECK(pgdm_cr3_judge(&s) & PGDM_CR3_WRONG_PCID);
		if (!s.kernel)
			continue;
		CHECK(pgdm_cr3_judge(&s) & PGDM_CR3_WRONG_KERNEL);
		s = a_step(true, s.pair, s.pcide);
		s.kernel += 0x2000;
		CHECK_EQUAL(pgdm_cr3_judge(&s), PGDM_CR3_WRONG_KERNEL);
	}
	s = a_step(false, true, true);
	s.from |= PGDM_CR3_USER_PCID;
	s.to |= PGDM_CR3_USER_PCID;
	CHECK_EQUAL(pgdm_cr3_judge(&s), PGDM_CR3_WRONG_PCID);
	s.pair = false;
	CHECK_EQUAL(pgdm_cr3_judge(&s), 0);
	return true;
}

/* L2, L3: a table of a third address space, the same table again, a user table. */
static bool only_a_mirror_and_its_primary_are_roots(void)
{
	struct pgdm_cr3_step s;
	unsigned int i;

	for_each_step(i, s) {
		const u64 from = s.from;

		s.from = from ^ 0x40000000;
		CHECK_EQUAL(pgdm_cr3_judge(&s), PGDM_CR3_WRONG_ROOT);
		s.from = (from & ~s.mask) | (s.to & s.mask);
		CHECK_EQUAL(pgdm_cr3_judge(&s), PGDM_CR3_WRONG_ROOT);
	}
	s = a_step(false, true, true);
	s.mirror |= PGDM_CR3_USER_PAGE;
	s.to |= PGDM_CR3_USER_PAGE;
	CHECK_EQUAL(pgdm_cr3_judge(&s), PGDM_CR3_WRONG_PAGE);
	return true;
}

static const struct unit_test tests[] = {
	UNIT_TEST(halves_meet_at_256),
	UNIT_TEST(same_ignores_accessed_only),
	UNIT_TEST(maps_compares_the_address_of_present_entries),
	UNIT_TEST(replace_leaves_a_newer_word),
	UNIT_TEST(another_root_keeps_the_rest_of_cr3),
	UNIT_TEST(each_wrong_bit_of_cr3_is_noticed),
	UNIT_TEST(a_wrong_pcid_is_no_better_for_having_been_there),
	UNIT_TEST(only_a_mirror_and_its_primary_are_roots),
};

UNIT_SUITE(entry);
