// SPDX-License-Identifier: GPL-2.0
/*
 * Lines of a recording made without the module become events.
 *
 * tools/perf-scripts/bin/pgd-mirror-plain-record sets the kprobes:
 *	root_born	pgd_alloc(mm); with what the machine has: levels, pages
 *	root_free	pgd_free(mm)
 *	root_add	__pud_alloc(mm, word), with 5 levels __p4d_alloc()
 *	tables_free	free_pgd_range(mm, addr, end, floor, ceiling)
 *	root_clear	___pud_free_tlb(mm), with 5 levels ___p4d_free_tlb()
 *	mm_load		switch_mm_irqs_off(mm)
 * The kernel's own events are tlb_flush, page_fault_user and page_fault_kernel.
 *
 * Additions. The kernel calls that function where it finds no entry. It is told before the
 * store; of two threads that come to it at once the second one finds the entry there. So
 * one that the root has already adds nothing.
 *
 * Removals. root_clear does not say which entry: tables_free does, just before it, with the
 * bounds by which the kernel decides. Removers of one mm do not overlap.
 *
 * Switches. mm_load also comes where the mm stays; the kernel has written CR3 when tlb_flush
 * follows, of the reason for a switch.
 *
 * What concerns mms that were there before the recording is left out, and counted: what
 * their roots hold is not known. Lines have to be in the order of time, as mms are known by
 * an address that is used again.
 */
#include "plain_lines.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "plain_mms.h"

/* The kernel's own mms are in its image, and all others above the user half. */
#define IMAGE		0xffffffff80000000ULL
#define USER_ENTRIES	256
#define TABLE		4096

/* The reasons of tlb_flush (enum tlb_flush_reason). */
enum {
	ON_TASK_SWITCH,
	REMOTE_SHOOTDOWN,
	LOCAL_SHOOTDOWN,
	LOCAL_MM_SHOOTDOWN,
};

/**
 * struct plain - what is known so far
 * @mms: that were born
 * @coming: by CPU, the mm that it is about to load
 * @loaded: by CPU, the number of the mm that it has loaded; 0: it is none of @mms
 * @time: of the latest line
 * @added: entries, of all mms
 * @shift: of an address, for its entry; 0: not said yet
 * @writes: root writes that are left out
 * @switches: the same
 * @others: flush receipts and faults that are left out
 */
struct plain {
	struct plain_mms mms;
	uint64_t coming[REPLAY_CPUS_MAX];
	uint64_t loaded[REPLAY_CPUS_MAX];
	uint64_t time;
	uint64_t added;
	unsigned int shift;
	unsigned long writes;
	unsigned long switches;
	unsigned long others;
};

/* --- what each reader needs ----------------------------------------------- */

/* The first of the events that only such a recording has begins it. */
static enum line_result begin(struct events *all, const struct line *l)
{
	if (!all->plain)
		all->plain = calloc(1, sizeof(*all->plain));
	if (!all->plain)
		return LINE_NO_MEMORY;
	if (l->time < all->plain->time)
		return LINE_EARLY;
	all->plain->time = l->time;
	all->header.flags |= REPLAY_PLAIN;
	return LINE_READ;
}

static bool get_mm(const struct line *l, uint64_t *mm)
{
	return line_number(l, "mm", UINT64_MAX, mm) && *mm;
}

static enum line_result begin_of_mm(struct events *all, const struct line *l, uint64_t *mm)
{
	return get_mm(l, mm) ? begin(all, l) : LINE_BROKEN;
}

/* --- lives of mms --------------------------------------------------------- */

static enum line_result end_mm(struct events *all, const struct line *l, uint64_t address)
{
	struct plain_mm *m = plain_mms_find(&all->plain->mms, address);
	enum line_result ret = LINE_READ;

	if (m)
		ret = line_event_of_mm(all, l, REPLAY_UNTRACK, m->id);
	plain_mms_remove(&all->plain->mms, address);
	return ret;
}

static enum line_result read_born(struct events *all, const struct line *l)
{
	uint64_t address, levels, pages;
	enum line_result ret;
	struct plain_mm *m;

	if (!line_number(l, "levels", 5, &levels) || levels < 4 ||
	    !line_number(l, "pages", 2, &pages) || !pages)
		return LINE_BROKEN;
	ret = begin_of_mm(all, l, &address);
	if (!ret)
		ret = end_mm(all, l, address);	/* there was no memory for its root */
	if (ret)
		return ret;
	m = plain_mms_add(&all->plain->mms, address);
	if (!m)
		return LINE_NO_MEMORY;
	all->plain->shift = levels == 5 ? 48 : 39;
	all->header.pages = pages;
	return line_event_of_mm(all, l, REPLAY_TRACK, m->id);
}

static enum line_result read_free(struct events *all, const struct line *l)
{
	uint64_t address;
	enum line_result ret = begin_of_mm(all, l, &address);

	return ret ? ret : end_mm(all, l, address);
}

/* --- root writes ---------------------------------------------------------- */

/* Of the user half. Only whether values are equal matters, so each one is a new one. */
static enum line_result publish(struct events *all, const struct line *l,
				const struct plain_mm *m, unsigned int index, uint64_t value)
{
	enum line_result ret;

	if (index >= USER_ENTRIES)
		return LINE_READ;
	ret = line_event_of_mm(all, l, REPLAY_PUBLISH, m->id);
	if (!ret) {
		all->event[all->nr - 1].index = index;
		all->event[all->nr - 1].value = value;
	}
	return ret;
}

static enum line_result read_add(struct events *all, const struct line *l)
{
	uint64_t address, word;
	enum line_result ret;
	struct plain_mm *m;
	unsigned int index;

	if (!line_number(l, "word", UINT64_MAX, &word) || word % 8)
		return LINE_BROKEN;
	ret = begin_of_mm(all, l, &address);
	if (ret)
		return ret;
	index = word % TABLE / 8;
	m = plain_mms_find(&all->plain->mms, address);
	if (!m) {
		all->plain->writes += index < USER_ENTRIES;
		return LINE_READ;
	}
	if (!plain_mm_enter(m, index))
		return LINE_READ;
	return publish(all, l, m, index, ++all->plain->added);
}

static enum line_result remove_one(struct events *all, const struct line *l,
				   struct plain_mm *m, bool *removed)
{
	int index = plain_mm_leave(m);

	*removed = index >= 0;
	return *removed ? publish(all, l, m, index, 0) : LINE_READ;
}

/* Of entries that were to be removed the events are missing. */
static enum line_result remove_left(struct events *all, const struct line *l,
				    struct plain_mm *m)
{
	enum line_result ret;
	bool removed;

	do {
		ret = remove_one(all, l, m, &removed);
		if (removed)
			events_tell(all, l->number,
				    "before it the event of a removal is missing");
	} while (!ret && removed);
	return ret;
}

static bool get_range(const struct line *l, struct plain_range *r)
{
	return line_number(l, "addr", UINT64_MAX, &r->addr) &&
	       line_number(l, "end", UINT64_MAX, &r->end) &&
	       line_number(l, "floor", UINT64_MAX, &r->floor) &&
	       line_number(l, "ceiling", UINT64_MAX, &r->ceiling) && r->addr < r->end;
}

static enum line_result read_tables_free(struct events *all, const struct line *l)
{
	enum line_result ret;
	struct plain_mm *m;
	uint64_t address;
	struct plain_range r;

	if (!get_range(l, &r))
		return LINE_BROKEN;
	ret = begin_of_mm(all, l, &address);
	if (ret)
		return ret;
	m = plain_mms_find(&all->plain->mms, address);
	if (!m)
		return LINE_READ;
	ret = remove_left(all, l, m);
	plain_mm_will_free(m, &r, all->plain->shift);
	return ret;
}

static enum line_result read_clear(struct events *all, const struct line *l)
{
	enum line_result ret;
	struct plain_mm *m;
	uint64_t address;
	bool removed;

	ret = begin_of_mm(all, l, &address);
	if (ret)
		return ret;
	m = plain_mms_find(&all->plain->mms, address);
	if (!m) {
		all->plain->writes++;
		return LINE_READ;
	}
	ret = remove_one(all, l, m, &removed);
	if (!removed)
		events_tell(all, l->number,
			    "an entry is removed that is not known: events are missing");
	return ret;
}

/* --- sync points ---------------------------------------------------------- */

static enum line_result read_load(struct events *all, const struct line *l)
{
	uint64_t address;
	enum line_result ret = begin_of_mm(all, l, &address);

	if (!ret)
		all->plain->coming[l->cpu] = address;
	return ret;
}

static enum line_result switched(struct events *all, const struct line *l)
{
	struct plain *p = all->plain;
	const struct plain_mm *m = plain_mms_find(&p->mms, p->coming[l->cpu]);
	bool leaves = p->loaded[l->cpu];

	p->loaded[l->cpu] = m ? m->id : 0;
	if (m)
		return line_event_of_mm(all, l, REPLAY_SWITCH, m->id);
	p->switches += p->coming[l->cpu] < IMAGE;
	return leaves ? line_event_of_mm(all, l, REPLAY_LEAVE, 0) : LINE_READ;
}

static enum line_result of_loaded(struct events *all, const struct line *l,
				  enum replay_kind kind)
{
	struct plain *p = all->plain;

	if (p->loaded[l->cpu])
		return line_event_of_mm(all, l, kind, p->loaded[l->cpu]);
	p->others++;
	return LINE_READ;
}

/*
 * "pages:1 reason:remote shootdown (1)". Of a flush that finds nothing to invalidate it is
 * 0 pages: the module syncs where the CPU invalidates.
 */
static enum line_result read_flush(struct events *all, const struct line *l)
{
	const char *pages = strstr(l->fields, "pages:"), *number = strrchr(l->fields, '(');
	enum line_result ret;
	unsigned long reason;
	char *end;

	if (!all->plain)
		return LINE_READ;
	if (!pages || !number)
		return LINE_BROKEN;
	reason = strtoul(number + 1, &end, 10);
	if (end == number + 1 || *end != ')')
		return LINE_BROKEN;
	ret = begin(all, l);
	if (ret)
		return ret;
	if (reason == ON_TASK_SWITCH)
		return switched(all, l);
	if (reason > LOCAL_MM_SHOOTDOWN || !strtol(pages + strlen("pages:"), NULL, 10))
		return LINE_READ;
	return of_loaded(all, l, REPLAY_FLUSH);
}

/* Kernel addresses are printed as symbols, or are above the user half. */
static enum line_result read_fault(struct events *all, const struct line *l)
{
	enum line_result ret;
	uint64_t address;

	if (!all->plain || !all->plain->shift)
		return LINE_READ;
	if (!line_field(l, "address"))
		return LINE_BROKEN;
	ret = begin(all, l);
	if (ret || !line_number(l, "address", UINT64_MAX, &address) ||
	    address >> all->plain->shift >= USER_ENTRIES)
		return ret;
	ret = of_loaded(all, l, REPLAY_FAULT);
	if (!ret && all->plain->loaded[l->cpu])
		all->event[all->nr - 1].index = address >> all->plain->shift;
	return ret;
}

const struct line_reader plain_lines[] = {
	{ "root_born", read_born },
	{ "root_free", read_free },
	{ "root_add", read_add },
	{ "tables_free", read_tables_free },
	{ "root_clear", read_clear },
	{ "mm_load", read_load },
	{ "tlb_flush", read_flush },
	{ "page_fault_user", read_fault },
	{ "page_fault_kernel", read_fault },
	{ }
};

/**
 * plain_lines_end() - the last line was taken in: say what is left out
 * @all: the recording
 */
void plain_lines_end(struct events *all)
{
	const struct plain *p = all->plain;

	if (p && (p->writes || p->switches || p->others))
		fprintf(stderr,
			"import: %s: left out, as of mms that were there before it began: %lu root writes, %lu switches, %lu flushes and faults\n",
			all->name, p->writes, p->switches, p->others);
}

/**
 * plain_lines_free() - give the memory back
 * @all: the recording
 */
void plain_lines_free(struct events *all)
{
	if (all->plain)
		plain_mms_free(&all->plain->mms);
	free(all->plain);
	all->plain = NULL;
}
