/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The engine (module/core): publishing, syncing, claiming. Documentation/model.md
 * says which function each inline stands for.
 *
 * One step is one access to a word that other CPUs race on, with what the CPU
 * does alone before and after. No other CPU sees a put(), so a load and the put()
 * of what it found are one step (but an NMI on the same CPU can come in between:
 * with NMI they are two).
 *
 * An inline works on the locals of the process that runs it: q, r, s, v, w, k,
 * e2, need; they are zero outside. Each is used once in a process: Spin has no
 * subroutines.
 */

#define SEQ_OF(record)		((record) / E)
#define INDEX_OF(record)	((record) % E)
#define POISON			255

WORD seq[M];
byte inflight[M];		/* primary->inflight; read by the audit alone */
WORD seen[N * NM];
byte missed_seen[N * NM];
byte missed_stored;
byte loaded[N];			/* the mirror loaded, + 1; or would be (shadow) */
byte writers[N * NM];
bit dead[M];
bit busy[N];			/* N1: a sync point is under way */
byte syncing[N];		/* the mirror that it works on, + 1 */
byte sync_mm[N];		/* of this mm, + 1 */
bit publishing[N];		/* NMI: it may be storing into its own mirror */
bit unpublished[M * E];		/* stored, and not published yet: for the property "ahead" */
bit shared_flag_of[M];
bit sharer[N * M];		/* of mm m: has CPU c ever claimed a mirror of it? */

#define ID(c, m)		((c) * NM + (m))
#define SHARER(c, p)		sharer[(c) * M + (p)]

/*
 * Marks: this entry may be non-zero, in a table of the pair or in both. They are
 * changed by locked operations alone, and so are in no store buffer; but a mark that
 * is as it should be already is no operation, and drains nothing.
 */
#if SPARSE || defined(STORED)
bit mark_of[M * E];		/* of a primary: its writers; an owner that copies in full */

#define MARK(p, i)		mark_of[(p) * E + (i)]
#endif
#if SPARSE
bit mirror_mark[N * NM * E];	/* of a mirror: its owner; under "eager" writers, too */
byte marked[M];			/* H1: the marks are complete up to this miss */

#define MIRROR_MARK(c, m, i)	mirror_mark[ID(c, m) * E + (i)]
#define to_mark(c, p, i, v)	mark(c, p, i, v);
#else
#define to_mark(c, p, i, v)
#endif
#if SPARSE && !defined(mark_late) && !defined(mark_after_store)
#define MARKS_FIRST	1
#else
#define MARKS_FIRST	0
#endif

/*
 * A CPU that looks at all mirrors of a primary skips CPUs that are no sharers. A
 * bit is only ever set: to read it in the step that reads the owner is as good
 * as earlier.
 */
#define is_mirror_of(c, r, p)	(SHARER((r) / NM, p) && get(c, A_OWNER + (r)) == (p) + 1)

/* --- a write ------------------------------------------------------------- */

inline put_page(_c, _p, _i, _val, _g)
{
	put(_c, PRIM(_p, _i, _g), _val)
}

/* Stores the final values: the user table first, as the kernel does. */
inline store(_c, _p, _i, _val)
{
	d_step {
		locked(_c) ->
		unpublished[(_p) * E + (_i)] = 1;
#if MARKS_FIRST
		/* M1: no CPU can see the stores before the mark. */
		if
		:: (_val) != 0 -> MARK(_p, _i) = 1
		:: else
		fi;
#endif
#if PG == 2
		put_page(_c, _p, _i, _val, 1);
#endif
		put_page(_c, _p, _i, _val, 0);
		SAY2(_c, "stores %d into entry %d of the primary", _val, _i)
	}
}

inline store_half(_c, _p, _i, _val, _g)
{
	d_step {
		locked(_c) ->
#if MARKS_FIRST
		if
		:: (_val) != 0 -> MARK(_p, _i) = 1
		:: else
		fi;
#endif
		put_page(_c, _p, _i, _val, _g);
		SAY2(_c, "stores %d into entry %d, in one table of the pair", _val, _i)
	}
}

#if SPARSE
/* M1: a mark is set before the entry is stored, and cleared between that and publishing. */
inline mark(_c, _p, _i, _val)
{
	if
	:: d_step {
			MARK(_p, _i) != ((_val) != 0) && locked(_c) ->
			MARK(_p, _i) = ((_val) != 0);
			SAY2(_c, "makes the mark of entry %d of the primary %d", _i, (_val) != 0)
		}
	:: MARK(_p, _i) == ((_val) != 0)
	fi
}
#endif

#if SPARSE
#define NON_ZERO(c, m, i)	(get(c, MIR(c, m, i, 0)) || get(c, MIR(c, m, i, PG - 1)))
#endif

/* M2: where the owner alone stores into the mirror, a mark says what it holds. */
inline unmark_mirror(_c, _m, _i)
{
#if defined(unmark_always)
	MIRROR_MARK(_c, _m, _i) = 0
#elif SPARSE && !STORES_MIRRORS
	MIRROR_MARK(_c, _m, _i) = MIRROR_MARK(_c, _m, _i) && NON_ZERO(_c, _m, _i)
#else
	skip
#endif
}

/*
 * store_own() of write.c, what "dirty" adds to publishing sequence k: the CPU's own mirror, if
 * it is one of this primary, gets the entry, and holds the sequence if it held the one
 * before. No other CPU reads that mirror's sequence and marks, or stores into it.
 */
#define has_own(c, p)		(loaded[c] && get(c, OF(c, loaded[c] - 1)) == (p) + 1)
#define own_id(c)		ID(c, loaded[c] - 1)

inline own_word(_c, _p, _i, _val, _g)
{
	if
	:: has_own(_c, _p) ->
		if
		:: (_val) != 0 -> MIRROR_MARK(_c, loaded[_c] - 1, _i) = 1
		:: else
		fi;
		put(_c, MIR(_c, loaded[_c] - 1, _i, _g), _val);
		unmark_mirror(_c, loaded[_c] - 1, _i);
		SAY2(_c, "stores %d into entry %d of its own mirror", _val, _i)
	:: else
	fi
}

#ifdef own_too_far
#define own_was_latest(c)	1
#else
#define own_was_latest(c)	(seen[own_id(c)] == k - 1)
#endif

inline own_sequence(_c, _p, _i, _val)
{
	if
	:: has_own(_c, _p) && own_was_latest(_c) ->
		seen[own_id(_c)] = k;
		SAY1(_c, "its mirror holds sequence %d", k)
	:: else
	fi
}

/* In the step in which the CPU has made an addition known. */
inline note_added(_c, _p, _i, _val)
{
	if
	:: PROPERTY == OWN && (_val) != 0 && has_own(_c, _p) -> added[_c] = (_p) * E + (_i) + 1
	:: else
	fi
}

/* Sequence, then record; then the CPU's own mirror, of which no other CPU sees a step. */
inline publish(_c, _p, _i, _val)
{
	d_step {
		locked(_c) ->
		seq[_p]++;
		k = seq[_p];
#ifndef STORED
		unpublished[(_p) * E + (_i)] = 0;
#endif
#if STORES_OWN && defined(NMI)
		publishing[_c] = 1;
#endif
		SAY2(_c, "publishes: sequence %d, for entry %d", k, _i)
	};
	d_step {
		room(_c) ->
		put(_c, RECORD(_p, k), k * E + (_i));
		SAY(_c, "writes the record into the ring");
#if STORES_OWN && PG == 1 && !defined(NMI)
		own_word(_c, _p, _i, _val, 0);
		own_sequence(_c, _p, _i, _val);
#endif
#if !STORES_OWN || (PG == 1 && !defined(NMI))
		note_added(_c, _p, _i, _val);
		k = 0
#endif
	}
#if STORES_OWN && PG == 2
	;
	d_step { room(_c) -> own_word(_c, _p, _i, _val, 1) };
	d_step {
		room(_c) ->
		own_word(_c, _p, _i, _val, 0);
		own_sequence(_c, _p, _i, _val);
		k = 0
	}
#elif STORES_OWN && defined(NMI)
	/* An NMI that faults in between syncs by itself: this is no sync point. */
	;
	d_step { room(_c) -> own_word(_c, _p, _i, _val, 0) };
	v = (has_own(_c, _p) && own_was_latest(_c));
	d_step {
		if
		:: v -> seen[own_id(_c)] = k; SAY1(_c, "its mirror holds sequence %d", k)
		:: else
		fi;
		v = 0;
		k = 0;
		publishing[_c] = 0
	}
#endif
}

/* pgdm_mirrors_write_through(), and "eager" for the user half. */
inline write_mirrors(_c, _p, _i, _val)
{
	do
	:: atomic { r < N * NM ->
		if
		:: is_mirror_of(_c, r, _p)
		:: else -> r++; goto next_mirror
		fi };
#ifndef no_writers_count
		d_step { locked(_c) -> writers[r]++ };
#endif
		d_step {
			room(_c) ->
			if
			:: get(_c, A_OWNER + r) == (_p) + 1 ->
				/* The owner may lose the mirror, but gives it to no other primary. */
#if SPARSE && !defined(mirror_mark_late)
				mirror_mark[r * E + (_i)] = mirror_mark[r * E + (_i)] || (_val) != 0;
#endif
				put(_c, A_MIRROR + (r * E + (_i)) * PG, _val);
#if PG == 2
				put(_c, A_MIRROR + (r * E + (_i)) * PG + 1, _val);
#endif
				SAY2(_c, "stores %d into the mirror of CPU %d", _val, r / NM)
			:: else
			fi
		};
#if SPARSE && defined(mirror_mark_late)
		d_step { locked(_c) -> mirror_mark[r * E + (_i)] = mirror_mark[r * E + (_i)] || (_val) != 0 };
#endif
		d_step {
#ifndef no_writers_count
			locked(_c) -> writers[r]--;
#endif
			r++
		};
next_mirror:	skip
	:: else -> break
	od;
	r = 0
}

inline raise_flags(_c, _p)
{
	do
	:: d_step {
			r < N * NM && room(_c) ->
			if
			:: is_mirror_of(_c, r, _p) ->
				put(_c, A_FLAG + r, 1);
				SAY1(_c, "raises the flag of the mirror of CPU %d", r / NM)
			:: else
			fi;
			r++
		}
	:: r == N * NM -> break
	od;
	r = 0
}

inline hook_write(_c, _p, _i, _val)
{
	inflight[_p]++;
#if defined(publish_first)
	publish(_c, _p, _i, _val);
	store(_c, _p, _i, _val);
	to_mark(_c, _p, _i, _val)
#elif defined(user_half_late)
	store_half(_c, _p, _i, _val, 0);
	to_mark(_c, _p, _i, _val)
	publish(_c, _p, _i, _val);
	store_half(_c, _p, _i, _val, 1);
#elif defined(lost_publish)
	store(_c, _p, _i, _val);
	to_mark(_c, _p, _i, _val)
#elif defined(flags_before_store)
	raise_flags(_c, _p);
	store(_c, _p, _i, _val);
	publish(_c, _p, _i, _val);
#elif defined(mark_late)
	store(_c, _p, _i, _val);
	publish(_c, _p, _i, _val);
	to_mark(_c, _p, _i, _val)
#elif defined(unmark_early)
	to_mark(_c, _p, _i, _val)
	store(_c, _p, _i, _val);
	publish(_c, _p, _i, _val);
#else
	store(_c, _p, _i, _val);
	to_mark(_c, _p, _i, _val)
	publish(_c, _p, _i, _val);
#endif
#ifdef shared_flag
	d_step { locked(_c) -> shared_flag_of[_p] = 1 };
#endif
#if STORES_FLAGS && !defined(flag_by_ipi) && !defined(flags_before_store)
	raise_flags(_c, _p);
#endif
#if STORES_MIRRORS && !defined(no_write_through)
	write_mirrors(_c, _p, _i, _val);
#endif
	d_step { locked(_c) -> inflight[_p]-- }
}

/* --- a write of which the hook is told when the kernel has stored (W5) ------ */

#ifdef STORED
/* pgdm_stored_unmark(): if there is no entry; and a second look. */
inline unmark_stored(_c, _p, _i)
{
	v = get(_c, PRIM(_p, _i, 0));
	if
	:: d_step { !v && MARK(_p, _i) && locked(_c) -> MARK(_p, _i) = 0; SAY1(_c, "takes the mark of entry %d away", _i) }
	:: v || !MARK(_p, _i)
	fi;
#ifndef no_second_look
	v = get(_c, PRIM(_p, _i, 0));
	if
	:: d_step { v && !MARK(_p, _i) && locked(_c) -> MARK(_p, _i) = 1; SAY1(_c, "marks entry %d again", _i) }
	:: !v || MARK(_p, _i)
	fi;
#endif
	v = 0
}

inline mark_stored(_c, _p, _i, _val)
{
	if
	:: d_step { (_val) && !MARK(_p, _i) && locked(_c) -> MARK(_p, _i) = 1; SAY1(_c, "marks entry %d of the primary", _i) }
	:: !(_val) || MARK(_p, _i)
	fi
}

/*
 * pgdm_root_stored_added(), or pgdm_root_stored_removed() if "val" is zero. Addition: entry
 * s is the one. Removal: each that is marked and zero. The barrier is for the look-up (A1)
 * and for marks that owners set. e2: the value that is made known, read with IRQs off.
 */
inline hook_stored(_c, _p, _i, _val)
{
	atomic {
#ifndef no_hook_barrier
		locked(_c) ->
#endif
		if
		:: (_val) != 0 -> s = _i; q = _i + 1; SAY1(_c, "hook: entry %d was added", _i)
		:: else -> q = E; SAY(_c, "hook: an entry was removed")
		fi
#ifdef TRACKS
		;
		if
		:: !registered[_p] -> s = q; SAY(_c, "the root is not registered")
		:: else
		fi
#endif
	};
	do
	:: s < q ->
		/* pgdm_stored_next_removed(): the mark, then the entry. */
		if
		:: atomic { (_val) == 0 && !MARK(_p, s) -> s++; goto next_stored }
		:: (_val) != 0 || MARK(_p, s)
		fi;
		if
		:: atomic { (_val) == 0 && get(_c, PRIM(_p, s, 0)) -> s++; goto next_stored }
		:: (_val) != 0 || !get(_c, PRIM(_p, s, 0))
		fi;
		/* pgdm_write_stored() */
		d_step { locked(_c) -> e2 = get(_c, PRIM(_p, s, 0)); inflight[_p]++ };
#ifndef mark_late
		mark_stored(_c, _p, s, e2);
#endif
#ifdef unmark_first
		unmark_stored(_c, _p, s);
#endif
#ifndef lost_publish
		publish(_c, _p, s, e2);
#if STORES_FLAGS
		raise_flags(_c, _p);
#endif
#if STORES_MIRRORS
		write_mirrors(_c, _p, s, e2);
#endif
#endif
#ifdef mark_late
		mark_stored(_c, _p, s, e2);
#endif
#ifndef unmark_first
		unmark_stored(_c, _p, s);
#endif
		d_step { locked(_c) -> inflight[_p]--; e2 = 0; s++ };
next_stored:	skip
	:: s == q -> break
	od;
	atomic { s = 0; q = 0; unpublished[(_p) * E + (_i)] = 0; SAY(_c, "the hook is over") }
}
#endif

/* --- a sync -------------------------------------------------------------- */

/*
 * What a sync's record counts: words that were stored, but all that are marked; and
 * the entries that were named.
 */
#ifdef TRACES
#define count_marked(c)		did_entries[c]++
#define count_named(c)		did_named[c]++
#define count_stored(c)		did_entries[c] = did_entries[c] + (need == CHANGES || need == ENTRY)
#else
#define count_marked(c)		skip
#define count_named(c)		skip
#define count_stored(c)		skip
#endif

/* M2: before a word that is not zero is stored. */
inline mark_mirror(_c, _m, _i, _val)
{
#if SPARSE && !defined(no_rebuild)
	if
	:: (_val) != 0 -> MIRROR_MARK(_c, _m, _i) = 1
	:: else
	fi
#else
	skip
#endif
}

#if STORES_MIRRORS
/* The mirror's word before the primary's; exchange() in core/copy.c. */
inline copy_word(_c, _m, _p, _i, _g)
{
	do
	:: v = get(_c, MIR(_c, _m, _i, _g));
#ifdef plain_copy
		d_step {
			room(_c) ->
			w = get(_c, PRIM(_p, _i, _g));
			if
			:: w != v -> mark_mirror(_c, _m, _i, w); put(_c, MIR(_c, _m, _i, _g), w)
			:: else
			fi;
			k = 1
		};
#else
		atomic {
			w = get(_c, PRIM(_p, _i, _g));
			k = (v == w)
		};
		d_step {
			k || locked(_c) ->
			if
			:: !k && mem[MIR(_c, _m, _i, _g)] == v ->
				mark_mirror(_c, _m, _i, w);
				reach_memory(MIR(_c, _m, _i, _g), w);
				k = 1;
				SAY2(_c, "copies entry %d, %d, into its mirror", _i, w)
			:: else
			fi
		};
#endif
		if
		:: k -> k = 0; break
		:: else
		fi
	od;
	v = 0;
	w = 0
}
#else
/* A word that does not change is not stored: no other CPU writes it. */
inline copy_word(_c, _m, _p, _i, _g)
{
#ifdef NMI
	v = get(_c, PRIM(_p, _i, _g));
#endif
	d_step {
		room(_c) ->
#ifndef NMI
		v = get(_c, PRIM(_p, _i, _g));
#endif
		if
		:: get(_c, MIR(_c, _m, _i, _g)) != v ->
			mark_mirror(_c, _m, _i, v);
			put(_c, MIR(_c, _m, _i, _g), v);
			count_stored(_c);
			SAY2(_c, "copies entry %d, %d, into its mirror", _i, v)
		:: else
		fi;
		v = 0
	}
}
#endif

/*
 * W5: is it copied once more? Whether the mark was there or not: another owner that has
 * just set it cares for its own mirror.
 */
#ifdef trust_mark
#define SETTLES(_p, _e)	(!MARK(_p, _e))
#else
#define SETTLES(_p, _e)	1
#endif

/*
 * Entry e2, in all tables. W5: if it is there it gets a mark, and is copied once more:
 * pgdm_copy_settle(). In a copy of all, or of what is marked, the code does that
 * when it has copied all entries, and other CPUs come in between in the same ways.
 */
inline copy_entry(_c, _m, _p)
{
#if defined(STORED) && !defined(copy_unmarked)
	do
	:: copy_word(_c, _m, _p, e2, 0);
		k = (get(_c, MIR(_c, _m, e2, 0)) != 0);
		if
		:: d_step { k && !settled_once && SETTLES(_p, e2) && locked(_c) ->
				MARK(_p, e2) = 1;
				SAY1(_c, "marks entry %d of the primary, and copies it again", e2);
				settled_once = 1;
				k = 0
			}
#ifdef no_second_copy
			;
			settled_once = 0;
			break
#endif
		:: d_step { !k || settled_once || !SETTLES(_p, e2) -> settled_once = 0; k = 0 };
			break
		fi
	od;
#else
	copy_word(_c, _m, _p, e2, 0);
#endif
#if PG == 2
	copy_word(_c, _m, _p, e2, 1);
#endif
	atomic {
		unmark_mirror(_c, _m, e2);
		e2 = 0
	}
}

/* k: does the mirror differ from the primary at entry e? */
inline lacks(_c, _m, _p, _e)
{
#if PG == 2
	k = (get(_c, PRIM(_p, _e, 1)) != get(_c, MIR(_c, _m, _e, 1)));
#endif
	k = k || (get(_c, PRIM(_p, _e, 0)) != get(_c, MIR(_c, _m, _e, 0)))
}

/*
 * H1: are the marks of p complete? Those of the mirror are, as its own epoch is the
 * latest: otherwise it is copied in full.
 */
#if defined(MISSES) && !defined(no_miss_check)
#define is_marked(c, p)	(marked[p] == get(c, A_MISSED))
#else
#define is_marked(c, p)	true
#endif

/* The mirror m of p is copied in full: what it finds gets marks, which may be missing. */
inline rebuild(_c, _p)
{
#if SPARSE && !defined(no_rebuild) && !defined(STORED)
	k = (get(_c, PRIM(_p, e2, 0)) || get(_c, PRIM(_p, e2, PG - 1)));
	if
	:: d_step { k && !MARK(_p, e2) -> k = 0; MARK(_p, e2) = 1; SAY1(_c, "marks entry %d of the primary", e2) }
	:: d_step { !k || MARK(_p, e2) -> k = 0 }
	fi
#else
	skip
#endif
}

/* Sequence q. */
inline copied_up_to(_c, _m, _p)
{
	if
	:: need == CHANGES || need == ALL || need == MARKED ->
#ifdef late_sequence
		q = seq[_p];
#endif
		seen[ID(_c, _m)] = q; SAY1(_c, "its mirror holds sequence %d", q)
	:: else
	fi;
#if SPARSE && defined(MISSES)
	if
	:: need == ALL -> marked[_p] = missed_seen[ID(_c, _m)]
	:: else
	fi;
#endif
	q = 0
}

/*
 * The mirror m of p comes to a sync point; "what" says what is to be done, e
 * is the entry that faulted. pgdm_sync_full(), _sparse(), _dirty(), _entry().
 *
 * One loop copies, so that its code is there once:
 *	need == CHANGES		the entries of records s to q
 *	need == MARKED		entries s to E - 1 that have a mark here or there
 *	need == ALL		entries s to E - 1
 *	need == ENTRY		the entry that faulted
 */
inline sync_point(_c, _m, _p, _what, _e)
{
	atomic {
		need = _what;
		busy[_c] = 1;
#ifdef NMI
		syncing[_c] = _m + 1;
		sync_mm[_c] = _p + 1;
#endif
#if defined(MISSES) && !defined(ignore_miss)
		if
		:: get(_c, A_MISSED) != missed_seen[ID(_c, _m)] -> need = ALL; SAY(_c, "sees that a hook was missed")
		:: else
		fi;
#endif
#ifdef NMI
		if
		:: missed_seen[ID(_c, _m)] == POISON -> need = ALL
		:: else
		fi;
#endif
		if
		:: need == NOTHING || need == ALL || need == MARKED || need == CHANGES -> goto decided
		:: else
		fi
	};
#if AT_FAULT > IF_FLAG
	if
	:: need == ENTRY || need == ENTRY_ALONE || need == IF_LACKS || need == IF_LACKS_OR_SEQ || need == IF_LACKS_OR_FLAG -> lacks(_c, _m, _p, _e)
	:: else
	fi;
#endif
	if
#if AT_FAULT == ENTRY || AT_FAULT == ENTRY_ALONE
	:: need == ENTRY -> need = (k -> CHANGES : NOTHING)
	:: need == ENTRY_ALONE -> atomic { need = (k -> ENTRY : NOTHING); q = seq[_p] }
#endif
	:: need == IF_LACKS -> need = (k -> IS_LACKING : NOTHING)
	:: need == IF_SEQ || need == IF_LACKS_OR_SEQ ->
#ifdef shared_flag
		d_step { locked(_c) -> need = (shared_flag_of[_p] || k -> ALL : NOTHING); shared_flag_of[_p] = 0 }
#else
		need = (seq[_p] != seen[ID(_c, _m)] || k -> ALL : NOTHING)
#endif
	:: need == IF_FLAG || need == IF_LACKS_OR_FLAG ->
#ifdef flag_down_late
		need = (get(_c, FLAG(_c, _m)) || k -> ALL : NOTHING)
#else
		d_step { locked(_c) -> need = (mem[FLAG(_c, _m)] || k -> ALL : NOTHING); mem[FLAG(_c, _m)] = 0 }
#endif
	fi;
	k = 0;
decided:
	if
	:: atomic { need == CHANGES ->
		q = seq[_p];
		s = seen[ID(_c, _m)] + 1;
		SAY2(_c, "dirty sync: its mirror holds %d, reads sequence %d", s - 1, q);
		if
#ifndef ignore_overrun
		:: q + 1 - s > RING -> need = AT_FIRST; q = 0; s = 0
#endif
		:: else
		fi }
	:: need != CHANGES
	fi;
again:
	if
#if SPARSE
	:: atomic { need == MARKED && is_marked(_c, _p) ->
#ifdef TRACES
		did_marked[_c] = 1;
#endif
		q = seq[_p];
		s = 0;
		SAY1(_c, "copy by marks: reads sequence %d", q) }
	:: atomic { need == ALL || (need == MARKED && !is_marked(_c, _p)) ->
		need = ALL;
#else
	:: atomic { need == ALL ->
#endif
#ifdef MISSES
#ifdef record_missed
		missed_seen[ID(_c, _m)] = get(_c, A_MISSED);
#else
		missed_seen[ID(_c, _m)] = missed_stored;
#endif
#elif defined(NMI)
		missed_seen[ID(_c, _m)] = 0;
#endif
#ifdef TRACES
		did_full[_c] = 1;
#endif
		q = seq[_p];
		s = 0;
		SAY1(_c, "full copy: reads sequence %d", q) }
	:: need != ALL && need != MARKED
	fi;
	do
	:: atomic { need == CHANGES && s <= q ->
		r = get(_c, RECORD(_p, s));
		if
#ifndef ignore_overrun
		:: SEQ_OF(r) != s -> r = 0; need = AT_FIRST; goto again
#endif
		:: else -> s++; e2 = INDEX_OF(r); r = 0
		fi };
		count_named(_c);
		copy_entry(_c, _m, _p)
#if SPARSE
	:: atomic { need == MARKED && s < E ->
		if
		:: MARK(_p, s) -> MIRROR_MARK(_c, _m, s) = 1; e2 = s; s++
#ifdef keep_leftover
		:: !MARK(_p, s) -> s++; goto next_copy
#else
		:: !MARK(_p, s) && MIRROR_MARK(_c, _m, s) -> e2 = s; s++
		:: else -> s++; goto next_copy
#endif
		fi };
		count_marked(_c);
		copy_entry(_c, _m, _p)
	:: atomic { need == ALL && s < E -> e2 = s; s++ };
		rebuild(_c, _p);
		copy_entry(_c, _m, _p)
#else
	:: atomic { need == ALL && s < E -> e2 = s; s++ };
		copy_entry(_c, _m, _p)
#endif
	:: atomic { need == ENTRY && s == 0 -> e2 = _e; s++ };
		count_named(_c);
		copy_entry(_c, _m, _p);
next_copy:	skip
	:: else -> break
	od;
	s = 0;
#if STORES_MIRRORS && !defined(no_repeat)
	/* The stores above before the load below; then what came in between? */
	atomic {
#ifdef no_copy_barrier
		true
#else
		(need == NOTHING || locked(_c))
#endif
		->
		if
#ifdef no_entry_repeat
		:: need == ENTRY
#endif
		:: need && seq[_p] != q -> q = seq[_p]; SAY(_c, "copies again: there was a write meanwhile"); goto again
		:: else
		fi
	};
#endif
#if AT_FAULT == ENTRY
	/* The records first; then the entry, if it still differs. */
	atomic {
		if
		:: (need == CHANGES || need == MARKED) && _what == ENTRY -> lacks(_c, _m, _p, _e)
		:: else
		fi;
		copied_up_to(_c, _m, _p);
		if
		:: k -> k = 0; need = ENTRY; goto again
		:: else
		fi
	};
#else
	atomic { copied_up_to(_c, _m, _p) };
#endif
#ifdef NMI
	atomic {
		if
		:: missed_seen[ID(_c, _m)] == POISON -> need = ALL; goto again
		:: else
		fi;
		syncing[_c] = 0;
		sync_mm[_c] = 0;
		need = 0
	};
#else
	need = 0;
#endif
	busy[_c] = 0
#ifdef flag_down_late
	;
	d_step { locked(_c) -> mem[FLAG(_c, _m)] = 0 }
#endif
}

/* --- a mirror changes hands ---------------------------------------------- */

inline given_up(_x, _m)
{
	if
	:: checks(REUSED) && holds(_x, _m) ->
		VIOLATED(_x, "a mirror is given up while the CR3 of this CPU holds it")
	:: else
	fi
}

#if SPARSE
/* Nothing else stores into the mirror: marks of entries that are zero go. */
inline trim(_c, _m)
{
	MIRROR_MARK(_c, _m, 0) = MIRROR_MARK(_c, _m, 0) && NON_ZERO(_c, _m, 0);
	MIRROR_MARK(_c, _m, E - 1) = MIRROR_MARK(_c, _m, E - 1) && NON_ZERO(_c, _m, E - 1)
}
#endif

/*
 * For p. w: the mirror + 1, or 0 for none. Any but the one being left: the
 * code takes free ones first and then goes round, the model whichever.
 */
inline claim(_c, _p, _leaving)
{
	k = 0;
	do
	:: atomic { k != (1 << NM) - 1 ->
		if
		:: !(k & 1) -> s = 0
#if NM > 1
		:: !(k & 2) -> s = 1
#endif
		fi;
		k = k | (1 << s);
		if
#ifndef evict_loaded
		:: s + 1 == _leaving -> s = 0; goto next_claim
#endif
		:: else
		fi };
		d_step {
			locked(_c) ->
			given_up(_c, s);
#if SPARSE && defined(trim_early)
			trim(_c, s);
#endif
			if
			:: mem[OF(_c, s)] -> SAY1(_c, "evicts its mirror of mm %d", mem[OF(_c, s)])
			:: else
			fi;
			mem[OF(_c, s)] = 0
		};
		atomic {
			if
			:: writers[ID(_c, s)] -> s = 0; goto next_claim
			:: else
			fi;
#if SPARSE && !defined(trim_early)
			trim(_c, s);
#endif
#ifndef join_late
			locked(_c) -> SHARER(_c, _p) = 1;
#endif
			put(_c, OF(_c, s), _p + 1);
#if STORES_FLAGS
			put(_c, FLAG(_c, s), 0);
#endif
			SAY1(_c, "claims a mirror for mm %d", _p + 1)
		};
		atomic {
#ifndef no_announce_barrier
			locked(_c) ->
#endif
			if
			:: dead[_p] -> w = 0
			:: else -> w = s + 1
			fi
		};
		if
		:: w == 0 -> d_step { locked(_c) -> mem[OF(_c, s)] = 0 }
		:: else
		fi;
		break;
next_claim:	skip
	:: else -> break
	od;
	k = 0;
	s = 0
}

/* pgdm_mirrors_forget(); the mirrors are those of all CPUs. */
inline forget(_c, _p)
{
	d_step { locked(_c) -> dead[_p] = 1 };
	do
	:: d_step {
			r < N * NM ->
			if
			:: SHARER(r / NM, _p) && mem[A_OWNER + r] == _p + 1 ->
				given_up(r / NM, r % NM);
				mem[A_OWNER + r] = 0
			:: else
			fi;
			r++
		}
	:: r == N * NM -> break
	od;
	r = 0
}
