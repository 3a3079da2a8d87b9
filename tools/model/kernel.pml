/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The kernel's part (arch/x86/mm/tlb.c, mm/memory.c of Linux 6.1), and where
 * the module's hooks sit in it: what a CPU does, and a CPU that only writes.
 *
 * To be set before: FAULTS, REMOVES, SWITCHES, bits of the CPUs that do so.
 */

byte tlb_gen[M];		/* mm->context.tlb_gen */
byte cpu_gen[N * M];		/* ctxs[].tlb_gen: what the CPU has flushed up to */
byte mask[M];			/* mm_cpumask, a bit for each CPU */
byte loaded_mm[N];		/* the mm, + 1; 0: init_mm, or one not tracked */
byte flush[N * N];		/* flush[to, from]: the mm, + 1 */
bit called[N];			/* a policy's own IPI */
bit lock[M * E];		/* a CPU that writes an entry excludes other writers */
bit ready[M];			/* registered, and its mirrors may be made */
bit live = LIVE;
bit gone[M];			/* its users have exited */
byte user[N];			/* whose user the CPU runs, or is about to: the mm, + 1 */

#define CPU(x)		(1 << (x))
#define is_lazy(c)	get(c, LAZY(c))
#define LOCK(p, i)	lock[(p) * E + (i)]

#ifdef STORED
/*
 * W5: removals of one mm may overlap here. Each begins with mmap_lock held for writing, when
 * the VMAs go, and has it at least for reading until its table is freed. So while any is
 * under way, an entry that was removed is not added again, and one that is being added, or
 * has been meanwhile, is not removed. (The kernel does not let two overlap: the second
 * waits for that lock until the first has given it back. That is LONE.)
 */
byte removers[M];		/* removals under way: they hold mmap_lock for reading */
bit barred[M * E];		/* and as long as there are any, this entry is not written again */

#define BARRED(p, i)	barred[(p) * E + (i)]
#ifdef no_mmap_lock
#define may_write(p, i)		(!LOCK(p, i))
#else
#define may_write(p, i)		(!LOCK(p, i) && !BARRED(p, i))
#endif
#ifdef LONE
#define may_begin(p)		(!removers[p])
#else
#define may_begin(p)		1
#endif

/* In a d_step, each of these. */
inline begin_removal(_p, _i)
{
	if
	:: !removers[_p] -> BARRED(_p, 0) = LOCK(_p, 0); BARRED(_p, E - 1) = LOCK(_p, E - 1)
	:: else
	fi;
	removers[_p]++;
	BARRED(_p, _i) = 1;
	LOCK(_p, _i) = 1
}

inline begin_addition(_p, _i)
{
	LOCK(_p, _i) = 1;
	BARRED(_p, _i) = (removers[_p] != 0)
}

inline end_removal(_p, _i)
{
	LOCK(_p, _i) = 0;
	removers[_p]--;
	if
	:: !removers[_p] -> BARRED(_p, 0) = 0; BARRED(_p, E - 1) = 0
	:: else
	fi
}
#else
#define may_write(p, i)		(!LOCK(p, i))
#define may_begin(p)		1
#define begin_removal(_p, _i)	LOCK(_p, _i) = 1
#define begin_addition(_p, _i)	LOCK(_p, _i) = 1
#define end_removal(_p, _i)	LOCK(_p, _i) = 0
#endif

/* --- CR3 ----------------------------------------------------------------- */

/* The kernel loads mm n - 1 (n == 0: another), and flushes or not. */
inline write_cr3(_c, _n, with_flush)
{
	cr3[_c] = _n;
	walks[_c] = _n;
	window[_c] = 0;
	if
	:: _n && (with_flush) -> cached[GEN(_c, _n - 1)] = 0
	:: else
	fi;
	reaches_all(_c);
	SAY1(_c, "loads the root of mm %d into CR3 (0: not tracked)", _n)
}

/* pgdm_steer_load(), with NOFLUSH: what is cached stays. */
inline steer(_c, _m)
{
	cr3[_c] = ON_MIRROR(_m);
	reaches_all(_c);
	SAY(_c, "points CR3 at its mirror")
}

inline invalidate(_c, _p, _gen)
{
	cpu_gen[GEN(_c, _p)] = _gen;
	cached[GEN(_c, _p)] = 0;
	reaches_all(_c);
	SAY(_c, "invalidates its TLB")
}

/* --- flushes ------------------------------------------------------------- */

#ifdef lazy_skipped
#define sent_to(x, freed_tables)	(!mem[LAZY(x)])
#else
#define sent_to(x, freed_tables)	((freed_tables) || !mem[LAZY(x)])
#endif

/* flush_tlb_mm_range(), up to where it waits. */
inline flush_send(c, p, freed_tables)
{
	d_step { locked(c) -> tlb_gen[p]++; SAY1(c, "flush: tlb_gen %d", tlb_gen[p]) };
	d_step {
		h0 = 0;
		do
		:: h0 < N ->
			if
			:: h0 != c && (mask[p] & CPU(h0)) && sent_to(h0, freed_tables) ->
				flush[h0 * N + c] = p + 1
			:: else
			fi;
			h0++
		:: else -> break
		od;
		h0 = 0;
		SAY(c, "sends the flush to the CPUs in mm_cpumask")
	}
}

#define answered(c)	(flush[0 * N + c] == 0 && flush[(N > 1) * N + c] == 0 && \
			 flush[(N > 2) * 2 * N + c] == 0)

/* What the mirror of CPU x leads to, live or, in shadow mode, would. */
inline check_flushed(_x, _p, _v)
{
	h1 = 0;
	do
	:: h1 < E * PG && ready[_p] && !window[_x] && loaded[_x] && mem[OF(_x, loaded[_x] - 1)] == _p + 1 &&
	   (live -> holds(_x, loaded[_x] - 1) : (mask[_p] & CPU(_x)) != 0) ->
		if
		:: checks(FLUSHED) && mem[MIR(_x, loaded[_x] - 1, 0, 0) + h1] == _v ->
			VIOLATED(_x, "the flush is over, and the loaded mirror of this CPU leads to what it was for")
		:: else
		fi;
		h1++
	:: else -> break
	od;
	h1 = 0
}

/* In a d_step: the flush has returned, the table of entry i is freed. */
inline free_table(_c, _p, _i)
{
	SAY1(_c, "the flush has returned: frees the table of entry %d", _i);
	h0 = 0;
	do
	:: h0 < N -> check_flushed(h0, _p, TABLE(_p, _i)); h0++
	:: else -> break
	od;
	freed[_p] = freed[_p] | BIT(TABLE(_p, _i));
	h0 = 0;
	do
	:: h0 < N -> check_walk(h0); h0++
	:: else -> break
	od;
	h0 = 0;
	turn[_p * E + _i] = !turn[_p * E + _i];
	end_removal(_p, _i)
}

/* --- root writes --------------------------------------------------------- */

#ifdef STORED
/* What the kernel has stored and the hook has not been told of: 0, or one of these. */
#define ADDED	1
#define REMOVED	2
byte owed[M * E];
#define OWED(p, i)	owed[(p) * E + (i)]

/* The kernel's own store. Its hook comes later, or (UNSEEN) never. */
inline kernel_stores(_c, _p, _i, _val)
{
	unpublished[(_p) * E + (_i)] = 1;
	put(_c, PRIM(_p, _i, 0), _val);
	SAY2(_c, "the kernel stores %d into entry %d of the primary", _val, _i)
}

#ifdef UNSEEN
#define may_go_unseen(val)	(unseen_left && (val) != 0)
#else
#define may_go_unseen(val)	0
#endif

/* The probe has no room for the thread, or is not armed. */
inline goes_unseen(_c)
{
	unseen_left--;
	SAY(_c, "its addition will not be seen")
}

inline write_root(_c, _p, _i, _val)
{
	if
#ifdef UNSEEN
	:: d_step { may_go_unseen(_val) && room(_c) -> goes_unseen(_c); kernel_stores(_c, _p, _i, _val) }
#endif
	:: d_step { room(_c) -> kernel_stores(_c, _p, _i, _val) };
#ifdef hook_after_flush
		if
		:: (_val) == 0 -> flush_send(_c, _p, 1); answered(_c)
		:: else
		fi;
#endif
		hook_stored(_c, _p, _i, _val)
	fi
}
#else
/* The probe is missed (H1), or comes before the root is registered (A1), or hits. */
inline write_root(_c, _p, _i, _val)
{
	if
#ifdef MISSES
	:: d_step { misses_left && locked(_c) ->
			misses_left--;
			unstored++;
			put(_c, A_MISSED, mem[A_MISSED] + 1);
			SAY(_c, "its hook is missed, and counted") };
		d_step { room(_c) -> put(_c, PRIM(_p, _i, 0), _val); SAY2(_c, "stores %d into entry %d of the primary", _val, _i) };
		d_step { locked(_c) -> unstored-- }
#endif
#ifdef TRACKS
	:: d_step { !registered[_p] -> unstored++; SAY(_c, "is past the probe, the root was not registered") };
		d_step { locked(_c) -> put(_c, PRIM(_p, _i, 0), _val); SAY2(_c, "stores %d into entry %d of the primary", _val, _i) };
		d_step { locked(_c) -> unstored-- }
	:: registered[_p] -> hook_write(_c, _p, _i, _val)
#else
	:: hook_write(_c, _p, _i, _val)
#endif
	fi
}
#endif

/* In a d_step: a table for entry i of p. v: its number */
inline new_table(_c, _p, _i)
{
	v = TABLE(_p, _i);
	freed[_p] = freed[_p] & ~BIT(v);
	SAY2(_c, "adds entry %d, table %d", _i, v)
}

inline call_cpus(c, p)
{
	d_step {
		locked(c) ->
		h0 = 0;
		do
		:: h0 < N ->
			if
			:: h0 != c && (mask[p] & CPU(h0)) -> called[h0] = 1
			:: else
			fi;
			h0++
		:: else -> break
		od;
		h0 = 0;
		SAY(c, "sends the IPI of the policy, and does not wait")
	}
}

/* --- a CPU that runs the mm natively and only writes ---------------------- */

/*
 * It has no mirror (that is legal: a CPU that has run the mm since before it
 * was tracked, or whose mirrors were busy), so nothing it does depends on one.
 */
proctype writer(byte c; byte p; byte i)
{
	byte r, v, w, k;
#ifdef STORED
	byte q, s, e2;
#endif

end:	do
	:: d_step {
			writes_left && may_write(p, i) && (may_begin(p) || !mem[PRIM(p, i, 0)]) ->
			writes_left--;
			if
			:: mem[PRIM(p, i, 0)] -> begin_removal(p, i); w = 0; SAY1(c, "removes entry %d", i)
			:: else -> begin_addition(p, i); new_table(c, p, i); w = v; v = 0
			fi
		};
		write_root(c, p, i, w);
		if
		:: w == 0 ->
#ifdef flag_by_ipi
			call_cpus(c, p);
#endif
#ifndef hook_after_flush
			flush_send(c, p, 1);
#endif
			d_step { answered(c) -> free_table(c, p, i) }
		:: else ->
			d_step { locked(c) -> LOCK(p, i) = 0; w = 0 };
#if KICK == IPI_KICK
			call_cpus(c, p)
#elif KICK == FLUSH_KICK
			flush_send(c, p, 0);
			answered(c)
#endif
		fi
	od
}

/* --- a CPU that has mirrors ------------------------------------------------ */

/* H1 is looked at before the policy is asked. */
#if defined(MISSES) && !defined(skip_flush_sync)
#define syncs(what)	1
#else
#define syncs(what)	((what) != NOTHING)
#endif

/* Where a sync point, a flush or a switch goes on afterwards. */
#ifdef lazy_kept
#define KEPT(c)		is_lazy(c)
#else
#define KEPT(c)		0
#endif
#define B_FLUSH		1
#define B_FAULT		2
#define B_SWITCH	3
#define B_ENTRY		4	/* sync_at_entry only */
#define B_OTHER		5
#define B_EARLY		6	/* early_flush_sync, sync_after only */

#ifdef STORED
#define is_thread(c)	locked(c)	/* another thread than before: a context switch drains */
#else
#define is_thread(c)	1
#endif
#define user_mode(c)	(!waits && is_thread(c) && loaded_mm[c] && !gone[loaded_mm[c] - 1] && !is_lazy(c))
#ifdef LIVENESS
bit stuck_at_1;			/* CPU 0 has faulted at entry 1, and not come through */

/* The access is tried again, and nothing else, once interrupts have been taken. */
#define elsewhere(c, i)	((c) == 0 && ((stuck_at_1 && (i) == 0) || flush[1] || called[0]))
#else
#define elsewhere(c, i)	0
#endif
#define may_fault(c, i)	((FAULTS & CPU(c)) && !elsewhere(c, i) && user_mode(c) && WALK(c, i, USER_PAGE) == 0 && \
			 (writes_left || mem[PRIM(loaded_mm[c] - 1, i, 0)]))
#define may_remove(c, i) ((REMOVES & CPU(c)) && user_mode(c) && writes_left && \
			  may_write(loaded_mm[c] - 1, i) && may_begin(loaded_mm[c] - 1) && mem[PRIM(loaded_mm[c] - 1, i, 0)])

inline start_fault(c, i)
{
#ifdef LIVENESS
	if
	:: c == 0 && i == 1 -> stuck_at_1 = 1
	:: else
	fi;
#endif
	e = i;
	p = loaded_mm[c] - 1;
	SAY1(c, "faults at entry %d", e);
	if
	:: checks(TWICE) && tried[c] == p * E + e + 1 ->
		VIOLATED(c, "a second fault in a row at this entry, and nothing has changed")
	:: else
	fi;
	if
	:: PROPERTY == OWN && added[c] == p * E + e + 1 ->
		VIOLATED(c, "a fault at an entry that this CPU added itself")
	:: else
	fi;
	/* If it is there now, and stays, the next access has to get through. */
	tried[c] = (mem[PRIM(p, e, USER_PAGE)] -> p * E + e + 1 : 0)
}

inline start_remove(c, i)
{
	e = i;
	p = loaded_mm[c] - 1;
	writes_left--;
	begin_removal(p, e);
	SAY1(c, "removes entry %d", e)
}

#ifdef STORED
/*
 * The thread that wrote entry i comes to the hook, on this CPU or another: it may have
 * slept. The kernel's store has reached memory then.
 */
#define may_tell(c, i)	(user_mode(c) && OWED(loaded_mm[c] - 1, i) && \
			 (OWED(loaded_mm[c] - 1, i) == ADDED) == (mem[PRIM(loaded_mm[c] - 1, i, 0)] != 0))

inline start_to_tell(c, i)
{
	p = loaded_mm[c] - 1;
	e = i;
	x = (OWED(p, i) == ADDED);
	OWED(p, i) = 0
}
#endif

inline receive(c, x)
{
	from = x + 1;
	n = flush[(c) * N + (x)];
	SAY1(c, "receives the flush of mm %d", n)
}

/* The mirror that is loaded, if it still has a primary. */
bit unhooked;			/* rmmod has taken the hooks out */
#define has_mirror(c)	(!unhooked && loaded[c] && get(c, OF(c, loaded[c] - 1)))

inline take_mirror(c)
{
	busy[c] = 1;
	m = loaded[c] - 1;
	p = get(c, OF(c, m)) - 1
}

proctype cpu(byte c)
{
	byte q, r, s, v, w, k, e2, need;	/* the engine's */
	byte m, p, e, what, back;		/* a sync point's */
	byte n, from, x, y;			/* a flush's, a switch's */
	byte at;				/* the entry whose removal waits for answers */
	byte waits;				/* flushed, waits for answers: the mm, + 1 */
#ifdef CALLS
	bit adopts;				/* a switch that is none: an mm is adopted */
#endif
	bit adds;				/* that flush is of an addition, frees nothing */
#ifdef STORED
	bit settled_once;
#endif

idle:	/* Interrupts are on here, and nowhere else. */
end:	if
	:: d_step { flush[c * N + 0] -> receive(c, 0) }; goto flush_func
#if N > 1
	:: d_step { flush[c * N + 1] -> receive(c, 1) }; goto flush_func
#endif
#if N > 2
	:: d_step { flush[c * N + 2] -> receive(c, 2) }; goto flush_func
#endif
#if KICK == IPI_KICK
	:: d_step {
			called[c] ->
			called[c] = 0;
			SAY(c, "receives the IPI of the policy");
			back = B_OTHER;
			what = IF_FLAG;
#ifdef flag_by_ipi
			what = ALL;
#endif
			if
			:: has_mirror(c) -> take_mirror(c)
			:: else -> back = 0
			fi
		};
		if
		:: back -> goto sync
		:: else -> what = 0; goto idle
		fi
#endif
#ifdef CALLS
	:: d_step { work[c] -> SAY(c, "receives the IPI of the module") }; goto called_by_module
#endif
	:: d_step {
			waits && answered(c) ->
			if
			:: !adds -> p = waits - 1; free_table(c, p, at)
			:: else -> SAY(c, "the flush has returned")
			fi;
			waits = 0; p = 0; at = 0; adds = 0
		};
		goto idle
	:: d_step { may_fault(c, 0) -> start_fault(c, 0) }; goto fault
	:: d_step { may_remove(c, 0) -> start_remove(c, 0) }; goto write
#ifdef STORED
	:: d_step { may_tell(c, 0) -> start_to_tell(c, 0) }; goto tell
#if E > 1
	:: d_step { may_tell(c, 1) -> start_to_tell(c, 1) }; goto tell
#endif
#endif
#if E > 1
	:: d_step { may_fault(c, 1) -> start_fault(c, 1) }; goto fault
	:: d_step { may_remove(c, 1) -> start_remove(c, 1) }; goto write
#endif
#ifdef LIVENESS
	:: d_step { c == 0 && stuck_at_1 && user_mode(c) && WALK(c, 1, USER_PAGE) -> stuck_at_1 = 0; SAY(c, "its access to entry 1 gets through") };
		goto idle
#endif
#if AT_RETURN
	:: d_step { user_mode(c) && has_mirror(c) && !elsewhere(c, 0) -> take_mirror(c); back = B_OTHER; what = ALL; SAY(c, "returns to user mode") };
		goto sync
#endif
#if SWITCHES
	:: d_step { (SWITCHES & CPU(c)) && !waits && loaded_mm[c] && !is_lazy(c) && room(c) ->
			put(c, LAZY(c), 1); user[c] = 0; SAY(c, "runs a kernel thread: lazy TLB") };
		goto idle
	:: d_step { (SWITCHES & CPU(c)) && !waits && loaded_mm[c] -> n = 0; user[c] = 0; SAY(c, "switches to an mm that is not tracked") };
		goto switch_mm
	:: d_step { (SWITCHES & CPU(c)) && !waits && !gone[0] && (loaded_mm[c] != 1 || is_lazy(c)) -> n = 1; user[c] = 1; SAY(c, "switches to mm 1") };
		goto switch_mm
#if M > 1
	:: d_step { (SWITCHES & CPU(c)) && !waits && !gone[1] && (loaded_mm[c] != 2 || is_lazy(c)) -> n = 2; user[c] = 2; SAY(c, "switches to mm 2") };
		goto switch_mm
#endif
#endif
	fi;

	/* --- a page fault: the hook, then the kernel's handler --------------- */
fault:	if
	:: atomic { syncs(AT_FAULT) && has_mirror(c) ->
			take_mirror(c); what = AT_FAULT; back = B_FAULT; goto sync }
	:: else
	fi;
fault_synced:
	if
	:: d_step {
			writes_left && may_write(p, e) && get(c, PRIM(p, e, 0)) == 0 ->
			begin_addition(p, e);
			writes_left--;
			new_table(c, p, e);
			w = v;
			v = 0
		};
		goto write
	:: else -> SAY(c, "the kernel finds nothing to do: the access is tried again")
	fi;
	/* The return from an exception drains. */
	d_step { locked(c) -> p = 0; e = 0 };
	goto idle;

	/* --- entry e of mm p is written: w, or 0 ------------------------------ */
write:
#ifdef STORED
	if
#ifdef UNSEEN
	:: d_step { may_go_unseen(w) && room(c) -> goes_unseen(c); kernel_stores(c, p, e, w) };
		d_step { locked(c) -> LOCK(p, e) = 0 }
#endif
	:: d_step { room(c) -> kernel_stores(c, p, e, w); OWED(p, e) = (w -> ADDED : REMOVED) }
	fi;
	d_step { w = 0; p = 0; e = 0 };
	goto idle;
	/* At any time later: the hook. */
tell:	hook_stored(c, p, e, x);
#else
	atomic { x = w; w = 0 };
	write_root(c, p, e, x);
#endif
	if
	:: x == 0 ->
#ifdef flag_by_ipi
		call_cpus(c, p);
#endif
		flush_send(c, p, 1);
		at = e
	:: else ->
		d_step { locked(c) -> x = 0; LOCK(p, e) = 0 };
#if KICK == FLUSH_KICK
		flush_send(c, p, 0);
		adds = 1
#else
#if KICK == IPI_KICK
		call_cpus(c, p);
#endif
		d_step { p = 0; e = 0 };
		goto idle
#endif
	fi;
	atomic {
		waits = p + 1;
		n = p + 1;
		if
		:: (mask[p] & CPU(c)) && loaded_mm[c] == n -> SAY(c, "flushes itself")
		:: else -> n = 0
		fi;
		p = 0;
		e = 0;
		if
		:: n == 0 -> goto idle
		:: else
		fi
	};

	/* --- flush_tlb_func() -------------------------------------------------- */
flush_func:
#ifdef early_flush_sync
	if
	:: atomic { syncs(AT_FLUSH) && has_mirror(c) ->
			take_mirror(c); what = AT_FLUSH; back = B_EARLY; goto sync }
	:: else
	fi;
flush_early_synced:
#endif
	if
	:: atomic { loaded_mm[c] == n && is_lazy(c) -> n = 0; goto switch_mm }
	:: atomic { loaded_mm[c] == n && !is_lazy(c) && cpu_gen[GEN(c, n - 1)] != tlb_gen[n - 1] ->
			y = tlb_gen[n - 1]; SAY1(c, "reads tlb_gen %d", y) }
	:: loaded_mm[c] != n || (!is_lazy(c) && cpu_gen[GEN(c, n - 1)] == tlb_gen[n - 1]) -> goto flush_done
	fi;
	/* Between that and the invalidation: the hook, pgdm_sync_points_invalidation(). */
#if !defined(early_flush_sync) && !defined(no_receipt) && !defined(sync_after)
	if
	:: atomic { syncs(AT_FLUSH) && has_mirror(c) ->
			take_mirror(c); what = AT_FLUSH; back = B_FLUSH; goto sync }
	:: else
	fi;
#endif
flushed:
	atomic { locked(c) -> invalidate(c, n - 1, y); y = 0 };
#ifdef sync_after
	if
	:: atomic { has_mirror(c) ->
			take_mirror(c); what = AT_FLUSH; back = B_EARLY; goto sync }
	:: else
	fi;
#endif
flush_done:
	atomic {
		locked(c) ->
		if
		:: from -> flush[c * N + from - 1] = 0; from = 0
		:: else
		fi;
		n = 0
	};
	goto idle;

	/* --- switch_mm_irqs_off() to mm n - 1, or to one not tracked ----------- */
switch_mm:
	atomic {
		room(c) ->
		x = is_lazy(c);
		if
		:: x -> put(c, LAZY(c), 0)
		:: else
		fi;
		if
		:: loaded_mm[c] == n && !n -> x = 0; goto switch_done
		:: else
		fi
	};
	if
	:: loaded_mm[c] == n ->
		/* Lazy until now: back, without a CR3 load if nothing was flushed. */
		d_step { locked(c) -> x = 0; y = tlb_gen[n - 1]; SAY1(c, "is no longer lazy, reads tlb_gen %d", y) };
		if
		:: d_step { y == cpu_gen[GEN(c, n - 1)] -> y = 0 }; goto switch_done
#ifdef hook_before_cr3
		:: y != cpu_gen[GEN(c, n - 1)]
#else
		:: d_step { y != cpu_gen[GEN(c, n - 1)] -> write_cr3(c, n, 1); cpu_gen[GEN(c, n - 1)] = y; y = 0 }
#endif
		fi
	:: else ->
		x = 0;
#ifdef sync_at_entry
		if
		:: n && get(c, OF(c, 0)) == n ->
			atomic { m = 0; p = n - 1; what = AT_SWITCH; back = B_ENTRY; SAY(c, "syncs at the entry of switch_mm"); goto sync }
		:: else
		fi;
entry_synced:
#endif
		if
		:: d_step { loaded_mm[c] && locked(c) ->
				mask[loaded_mm[c] - 1] = mask[loaded_mm[c] - 1] & ~CPU(c);
				window[c] = STRICT_WINDOW;
				SAY1(c, "leaves the mm_cpumask of mm %d", loaded_mm[c]) }
		:: !loaded_mm[c]
		fi;
		if
		:: n ->
			d_step { locked(c) -> mask[n - 1] = mask[n - 1] | CPU(c); SAY1(c, "enters the mm_cpumask of mm %d", n) };
			d_step { y = tlb_gen[n - 1]; SAY1(c, "reads tlb_gen %d", y) };
#ifndef hook_before_cr3
			d_step { locked(c) -> write_cr3(c, n, y != cpu_gen[GEN(c, n - 1)]); cpu_gen[GEN(c, n - 1)] = y; loaded_mm[c] = n; y = 0 }
#endif
		:: else -> d_step { locked(c) -> write_cr3(c, 0, 0); loaded_mm[c] = 0 }
		fi
	fi;

	/* The switch hook, and the adoption of an mm that runs: CR3 has n's root. */
switch_hook:
	if
	:: d_step { n && ready[n - 1] && !dead[n - 1] -> r = loaded[c]; loaded[c] = 0; added[c] = 0; busy[c] = 1 }
	:: d_step { !(n && ready[n - 1] && !dead[n - 1]) -> loaded[c] = 0; added[c] = 0; m = 0 }; goto switch_load
	fi;
	atomic {
		p = n - 1;
		if
		:: get(c, OF(c, 0)) == n -> w = 1; what = AT_SWITCH
#if NM > 1
		:: get(c, OF(c, 1)) == n -> w = 2; what = AT_SWITCH
		:: get(c, OF(c, 0)) != n && get(c, OF(c, 1)) != n -> what = AT_FIRST
#else
		:: get(c, OF(c, 0)) != n -> what = AT_FIRST
#endif
		fi
	};
	x = r;
	r = 0;
	if
	:: !w -> claim(c, p, x)
	:: else
	fi;
	x = 0;
	atomic {
		if
		:: w -> m = w - 1; w = 0; back = B_SWITCH
		:: else -> p = 0; what = 0; busy[c] = 0; goto switch_load
		fi;
#if defined(sync_at_entry) || defined(early_switch_sync)
		if
		:: what != AT_FIRST || AT_SWITCH == AT_FIRST -> busy[c] = 0; goto switch_synced
		:: else
		fi;
#endif
		goto sync
	};
switch_synced:
	atomic {
		locked(c) ->
#ifdef hook_before_cr3
		/* The argument of load_new_mm_cr3() is rewritten: one load. */
		write_cr3(c, n, y != cpu_gen[GEN(c, n - 1)]);
		cpu_gen[GEN(c, n - 1)] = y;
		loaded_mm[c] = n;
		y = 0;
#endif
		if
		:: live -> steer(c, m)
		:: else
		fi;
		loaded[c] = m + 1;
#ifdef join_late
		SHARER(c, p) = 1;
#endif
		m = 0; p = 0; what = 0; back = 0;
		goto switch_done
	};
switch_load:
#ifdef hook_before_cr3
	atomic {
		locked(c) ->
		if
		:: n -> write_cr3(c, n, y != cpu_gen[GEN(c, n - 1)]); cpu_gen[GEN(c, n - 1)] = y; loaded_mm[c] = n; y = 0
		:: else
		fi
	};
#else
	skip;
#endif
switch_done:
	if
	:: from || waits -> atomic { n = 0; goto flush_done }
	:: else -> n = 0
	fi;
#ifdef CALLS
	if
	:: adopts -> adopts = 0; work[c] = 0
	:: else
	fi;
#endif
	goto idle;

#ifdef CALLS
	/* pgdm_steer_release_cpu(), and pgdm_sync_points_adopt() after it. */
called_by_module:
	atomic {
		locked(c) ->
		if
		:: has_mirror(c) && !KEPT(c) && (work[c] > M || work[c] == get(c, OF(c, loaded[c] - 1))) ->
#ifndef keep_cr3
			if
			:: holds(c, loaded[c] - 1) ->
				cr3[c] = ON_PRIMARY(mem[OF(c, loaded[c] - 1)] - 1);
				reaches_all(c);
				SAY(c, "goes back to the primary")
			:: else
			fi;
#endif
			loaded[c] = 0;
			added[c] = 0
		:: else
		fi;
		if
		:: work[c] == ADOPT -> adopts = 1; n = loaded_mm[c]; goto switch_hook
		:: else -> work[c] = 0; goto idle
		fi
	};
#endif

	/* --- a sync point of mirror m, of mm p --------------------------------- */
sync:	sync_point(c, m, p, what, e);
	if
	:: atomic { back == B_SWITCH -> goto switch_synced }
	:: d_step { back == B_FAULT -> what = 0; back = 0; m = 0 }; goto fault_synced
	:: d_step { back == B_FLUSH -> what = 0; back = 0; m = 0; p = 0 };
		goto flushed
#if defined(early_flush_sync) || defined(sync_after)
	:: d_step { back == B_EARLY -> what = 0; back = 0; m = 0; p = 0 };
#ifdef sync_after
		goto flush_done
#else
		goto flush_early_synced
#endif
#endif
	:: d_step { back == B_OTHER && locked(c) -> what = 0; back = 0; m = 0; p = 0 }; goto idle
#ifdef sync_at_entry
	:: d_step { back == B_ENTRY -> what = 0; back = 0; m = 0; p = 0 }; goto entry_synced
#endif
	fi
}

#ifdef MISSES
/*
 * epoch_wait.c: a miss counts as stored when every writer that was past the probe
 * has stored (a grace period of RCU tasks).
 */
proctype settle()
{
	byte v;

end:	do
	:: d_step { mem[A_MISSED] != missed_stored -> v = mem[A_MISSED] };
#ifndef settle_early
		d_step { unstored == 0 -> missed_stored = v; v = 0; SAY(N - 1, "(worker) the missed writes are stored by now") }
#else
		d_step { missed_stored = v; v = 0; SAY(N - 1, "(worker) does not wait for the missed writes to be stored") }
#endif
	od
}
#endif

/* --- the audit ------------------------------------------------------------- */

/*
 * LOST: a mirror that holds the sequence of its primary, with no write under
 * way, equals it. Under "eager" each does. Evaluated in every state.
 *
 * AHEAD: with writes under way, too, in each entry that has not been stored and
 * not published yet. Under "eager" there is no such rule.
 */
#ifdef MISSES
#define no_miss(i)	(missed_seen[i] == mem[A_MISSED] && missed_stored == mem[A_MISSED])
#else
#define no_miss(i)	(missed_seen[i] == 0)
#endif
#define owner_idle(x)	(sb_used[x] == 0)
#define page_differs(p, i, g) \
	(mem[PRIM(p, 0, g)] != mem[A_MIRROR + ((i) * E) * PG + (g)] || \
	 mem[PRIM(p, E - 1, g)] != mem[A_MIRROR + ((i) * E + E - 1) * PG + (g)])
#ifdef STORED
/*
 * W5. Until the hook is over an entry may differ from the kernel's store on, and it is
 * "unpublished"; for ever, where the hook is not called. All others are equal, but that a
 * mirror may lack one (STRICT: may not). This is legal, as the CPU faults, and the fault
 * compares (S4). It comes about where an entry has a mark before it is added. A remover
 * takes it for removed, and takes its mark away for a moment, in which a copy by marks
 * overlooks it; and under "eager" stores the zero that it has read.
 *
 * And what a mirror has is marked, whether a hook was told of it or not, and is in the
 * primary, or nothing is: as judge_late() and judge_mark() in core/audit.c have it.
 */
#define mirrored(i, e)		mem[A_MIRROR + (i) * E + (e)]
#ifdef STRICT
#define may_lack(i, e)		0
#else
#define may_lack(i, e)		(mirrored(i, e) == 0)
#endif
#define entry_differs(p, i, e)	(entry_ahead(p, i, e) && !may_lack(i, e))
#define untold(p, i, e) \
	(mirrored(i, e) && (!MARK(p, e) || (mem[PRIM(p, e, 0)] && mem[PRIM(p, e, 0)] != mirrored(i, e))))
#define differs(p, i) \
	(entry_differs(p, i, 0) || entry_differs(p, i, E - 1) || untold(p, i, 0) || untold(p, i, E - 1))
#else
#define entry_differs	entry_ahead
#define differs(p, i)	(page_differs(p, i, 0) || page_differs(p, i, PG - 1))
#endif
#define wrong(i) \
	(mem[A_OWNER + (i)] && inflight[mem[A_OWNER + (i)] - 1] == 0 && settled(i) && \
	 owner_idle((i) / NM) && no_miss(i) && \
	 (STORES_MIRRORS || seen[i] == seq[mem[A_OWNER + (i)] - 1]) && \
	 differs(mem[A_OWNER + (i)] - 1, i))
/* While the owner copies, it is not one yet; under "eager", not before it is loaded. */
#define settled(i)	(!busy[(i) / NM] && (!STORES_MIRRORS || loaded[(i) / NM] == (i) % NM + 1))

#define entry_ahead(p, i, e) \
	(!unpublished[(p) * E + (e)] && \
	 (mem[PRIM(p, e, 0)] != mem[A_MIRROR + ((i) * E + (e)) * PG] || \
	  mem[PRIM(p, e, PG - 1)] != mem[A_MIRROR + ((i) * E + (e)) * PG + PG - 1]))
#define ahead(i) \
	(!STORES_MIRRORS && mem[A_OWNER + (i)] && settled(i) && owner_idle((i) / NM) && \
	 no_miss(i) && seen[i] == seq[mem[A_OWNER + (i)] - 1] && \
	 (entry_differs(mem[A_OWNER + (i)] - 1, i, 0) || entry_differs(mem[A_OWNER + (i)] - 1, i, E - 1)))

#define IS_LOST		"its mirror holds the latest sequence, and differs from the primary"
#define IS_AHEAD	"its mirror holds the latest sequence, and has what the primary has not had yet"

proctype audit()
{
end:	if
	:: d_step { checks(LOST) && wrong(0) -> VIOLATED(0, IS_LOST) }
	:: d_step { checks(AHEAD) && ahead(0) -> VIOLATED(0, IS_AHEAD) }
#if N * NM > 1
	:: d_step { checks(LOST) && wrong(1) -> VIOLATED(1 / NM, IS_LOST) }
	:: d_step { checks(AHEAD) && ahead(1) -> VIOLATED(1 / NM, IS_AHEAD) }
#endif
#if N * NM > 2
	:: d_step { checks(LOST) && wrong(2) -> VIOLATED(2 / NM, IS_LOST) }
	:: d_step { checks(AHEAD) && ahead(2) -> VIOLATED(2 / NM, IS_AHEAD) }
#endif
	fi
}
