/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The policies: what each does at a sync point, in the words of sync_point(),
 * and whether its writers do more than publish.
 *
 *	NOTHING		no copy
 *	ALL		a full copy
 *	MARKED		the entries with a mark, of the primary or of the mirror (M2)
 *	CHANGES		what the records name
 *	IF_SEQ		a full copy if the sequence moved
 *	IF_FLAG		a full copy if the mirror's flag was up
 *	IF_LACKS	a full copy if the faulting entry differs; _OR_SEQ, _OR_FLAG
 *	ENTRY		CHANGES, then the faulting entry, if that differs
 *	ENTRY_ALONE	the faulting entry, if it differs (a mutation)
 */
#define NOTHING		0
#define ALL		1
#define CHANGES		2
#define IF_SEQ		3
#define IF_FLAG		4
#define IF_LACKS	5
#define IF_LACKS_OR_SEQ	6
#define IF_LACKS_OR_FLAG 7
#define ENTRY		8
#define ENTRY_ALONE	9
#define MARKED		10

/* What is sent when an addition is over. */
#define NO_KICK	0
#define IPI_KICK	1
#define FLUSH_KICK	2

#define always		1
#define always_exit	2
#define flag		3
#define flag_mm		4
#define flush_only	5
#define carry		6
#define eager		7
#define dirty		8

#define AT_RETURN	0
#define STORES_FLAGS	0
#define KICK		NO_KICK

#if POLICY == always || POLICY == always_exit
#define AT_SWITCH	ALL
#define AT_FLUSH	ALL
#define AT_FAULT	ALL
#if POLICY == always_exit
#undef AT_RETURN
#define AT_RETURN	1
#endif
#elif POLICY == flag
#define AT_SWITCH	ALL
#define AT_FLUSH	IF_FLAG
#define AT_FAULT	IF_LACKS_OR_FLAG
#undef STORES_FLAGS
#define STORES_FLAGS	1
#undef KICK
#define KICK		IPI_KICK
#elif POLICY == flag_mm
#define AT_SWITCH	ALL
#define AT_FLUSH	IF_SEQ
#define AT_FAULT	IF_LACKS_OR_SEQ
#elif POLICY == flush_only
#define AT_SWITCH	ALL
#define AT_FLUSH	ALL
#define AT_FAULT	NOTHING
#elif POLICY == carry
#define AT_SWITCH	ALL
#define AT_FLUSH	IF_SEQ
#define AT_FAULT	IF_LACKS
#undef KICK
#define KICK		FLUSH_KICK
#elif POLICY == eager
#define AT_SWITCH	NOTHING
#define AT_FLUSH	NOTHING
#ifdef no_entry_repeat
#define AT_FAULT	ENTRY_ALONE
#else
#define AT_FAULT	IF_LACKS
#endif
#else
#define AT_SWITCH	CHANGES
#define AT_FLUSH	CHANGES
#define AT_FAULT	ENTRY
#endif

/* Writers store into the mirrors: "eager", and the kernel half under all (W3). */
#ifndef STORES_MIRRORS
#define STORES_MIRRORS	(POLICY == eager)
#endif

/*
 * W5, under "eager": a remover that finds an entry marked and zero while it is being added
 * may store its zero after the entry, and a CPU faults once more.
 */
#if STORES_MIRRORS && defined(STORED) && !defined(STRICT)
#define ZEROES
#endif

/*
 * What is copied where the records cannot be used: a first copy, a mirror that fell
 * behind by more than the ring, a record that cannot be read. For an entry that is
 * lacking under "eager" it would do, too (fault_by_marks).
 */
#ifndef SPARSE
#if POLICY == dirty || POLICY == eager
#define SPARSE		1
#define AT_FIRST	MARKED
#else
#define SPARSE		0
#define AT_FIRST	ALL
#endif
#endif

#ifdef fault_by_marks
#define IS_LACKING	AT_FIRST
#else
#define IS_LACKING	ALL
#endif

/* The writer stores into the mirror that its own CPU has loaded. */
#ifndef STORES_OWN
#if POLICY == dirty && !defined(no_own)
#define STORES_OWN	1
#else
#define STORES_OWN	0
#endif
#endif

/* Mutations of a policy's sync points. */
#ifdef skip_flush_sync
#undef AT_FLUSH
#define AT_FLUSH	NOTHING
#endif
#ifdef skip_fault_sync
#undef AT_FAULT
#define AT_FAULT	NOTHING
#endif
#ifdef fault_sync
#undef AT_FAULT
#define AT_FAULT	IF_LACKS
#endif
#ifdef no_kick
#undef KICK
#define KICK		NO_KICK
#endif
