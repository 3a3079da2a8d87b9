/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the portable core needs, for programs in user space: the counterpart
 * of module/port/port.h, with the same guard. Put its directory first on the
 * include path.
 *
 * PGDM_SIM: every access to shared memory goes through sim.h first, so that a
 * test decides what happens between two of them. Otherwise the accesses are
 * what the kernel's would be, and are seen as atomic by ThreadSanitizer.
 */
#ifndef _PGDM_PORT_H
#define _PGDM_PORT_H

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

typedef unsigned long long u64;

#define likely(x)	__builtin_expect(!!(x), 1)
#define unlikely(x)	__builtin_expect(!!(x), 0)
#define noinline	__attribute__((__noinline__))
#ifndef __always_inline
#define __always_inline	inline __attribute__((__always_inline__))
#endif
#define ____cacheline_aligned	__attribute__((__aligned__(64)))
#define __read_mostly	__attribute__((__section__(".data..read_mostly")))

#define BIT(n)		(1UL << (n))
#define BIT_ULL(n)	(1ULL << (n))

#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))

#define BITS_PER_LONG	64U
#define BITS_TO_LONGS(n) (((n) + BITS_PER_LONG - 1) / BITS_PER_LONG)
#define __ffs(word)	((unsigned int)__builtin_ctzl(word))

#define static_assert(condition) _Static_assert(condition, #condition)

#define ilog2(n)	(63 - __builtin_clzll(n))

#define barrier()	__asm__ __volatile__("" : : : "memory")

#ifdef PGDM_SIM
#include "sim.h"
#else
#define sim_is_on()			false
#define sim_load(address, size)		0ULL
#define sim_store(address, size, value)	((void)0)
#define sim_rmw(address, function)	((void)0)
#define sim_fence(function)		((void)0)
#endif

#define port_load(x)							\
	(sim_is_on() ?							\
	 (__typeof__(x))(uintptr_t)sim_load(&(x), sizeof(x)) :		\
	 __atomic_load_n(&(x), __ATOMIC_RELAXED))

#define port_store(x, value, order) do {				\
	__typeof__(x) port_v = (value);					\
	if (sim_is_on())						\
		sim_store(&(x), sizeof(x), (u64)(uintptr_t)port_v);	\
	else								\
		__atomic_store_n(&(x), port_v, order);			\
} while (0)

#define READ_ONCE(x)		port_load(x)
#define WRITE_ONCE(x, value)	port_store(x, value, __ATOMIC_RELAXED)

/*
 * ThreadSanitizer knows no fences. There, what pairs through a fence pairs
 * through nothing that it sees: the core must be clean of plain accesses to
 * shared words all the same. The hardware gets its barrier either way.
 */
static inline void port_fence(void)
{
#ifdef __SANITIZE_THREAD__
	static __thread int dummy;

	__atomic_fetch_add(&dummy, 1, __ATOMIC_SEQ_CST);
#else
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
#endif
}

#define smp_mb() do {							\
	if (sim_is_on())						\
		sim_fence(__func__);					\
	else								\
		port_fence();						\
} while (0)

/* x86 keeps loads in order, and stores in order. */
#define smp_rmb()	barrier()
#define smp_wmb()	barrier()

#define smp_load_acquire(pointer)					\
	(sim_is_on() ?							\
	 (__typeof__(*(pointer)))(uintptr_t)				\
		sim_load(pointer, sizeof(*(pointer))) :			\
	 __atomic_load_n(pointer, __ATOMIC_ACQUIRE))

#define smp_store_release(pointer, value)				\
	port_store(*(pointer), value, __ATOMIC_RELEASE)

typedef struct {
	int counter;
} atomic_t;

typedef struct {
	long long counter;
} atomic64_t;

#define atomic_read(v)			READ_ONCE((v)->counter)
#define atomic_read_acquire(v)		smp_load_acquire(&(v)->counter)
#define atomic64_read(v)		((u64)READ_ONCE((v)->counter))
#define atomic64_read_acquire(v)	((u64)smp_load_acquire(&(v)->counter))

/* The kernel's atomics that return a value are full barriers. */
#define port_add_return(v, n) ({					\
	__typeof__(v) port_p = (v);					\
	sim_rmw(port_p, __func__);					\
	__atomic_add_fetch(&port_p->counter, n, __ATOMIC_SEQ_CST);	\
})

#define atomic_inc_return(v)	port_add_return(v, 1)
#define atomic_dec_return(v)	port_add_return(v, -1)
#define atomic64_inc_return(v)	((u64)port_add_return(v, 1))
#define atomic64_add_return(n, v) ((u64)port_add_return(v, n))

#define cmpxchg(pointer, old, new) ({					\
	__typeof__(pointer) port_p = (pointer);				\
	__typeof__(*port_p) port_old = (old), port_new = (new);		\
	sim_rmw(port_p, __func__);					\
	__atomic_compare_exchange_n(port_p, &port_old, port_new, false,	\
				    __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);	\
	port_old;							\
})

/*
 * Without a lock: atomic only for this CPU, and what runs on it in between. The
 * sanitizers and the simulation see the exchange with the lock.
 */
#if defined(PGDM_SIM) || defined(__SANITIZE_THREAD__) || \
	defined(__SANITIZE_ADDRESS__)
#define cmpxchg_local(pointer, old, new)	cmpxchg(pointer, old, new)
#else
#define cmpxchg_local(pointer, old, new) ({				\
	__typeof__(*(pointer)) port_was = (old);			\
	__asm__ __volatile__("cmpxchgq %2, %0"				\
			     : "+m"(*(pointer)), "+a"(port_was)		\
			     : "r"(new) : "memory", "cc");		\
	port_was;							\
})
#endif

typedef struct {
	long counter;
} atomic_long_t;

#define atomic_long_fetch_or(n, v) ({					\
	__typeof__(v) port_p = (v);					\
	sim_rmw(port_p, __func__);					\
	__atomic_fetch_or(&port_p->counter, n, __ATOMIC_SEQ_CST);	\
})

#define test_bit(nr, words)						\
	(READ_ONCE((words)[(nr) / BITS_PER_LONG]) >> (nr) % BITS_PER_LONG & 1)

/* A full barrier, as all that return what was there before. */
#define test_and_set_bit(nr, words) ({					\
	unsigned long *port_p = &(words)[(nr) / BITS_PER_LONG];		\
	unsigned long port_bit = BIT((nr) % BITS_PER_LONG);		\
	sim_rmw(port_p, __func__);					\
	!!(__atomic_fetch_or(port_p, port_bit, __ATOMIC_SEQ_CST) &	\
	   port_bit);							\
})

#define test_and_clear_bit(nr, words) ({				\
	unsigned long *port_p = &(words)[(nr) / BITS_PER_LONG];		\
	unsigned long port_bit = BIT((nr) % BITS_PER_LONG);		\
	sim_rmw(port_p, __func__);					\
	!!(__atomic_fetch_and(port_p, ~port_bit, __ATOMIC_SEQ_CST) &	\
	   port_bit);							\
})

/* One instruction; the sanitizers had rather see what it does. */
static inline void pgdm_count_add(u64 *count, u64 n)
{
#if defined(__SANITIZE_THREAD__) || defined(__SANITIZE_ADDRESS__)
	WRITE_ONCE(*count, READ_ONCE(*count) + n);
#else
	__asm__ __volatile__("addq %1, %0" : "+m"(*count) : "er"(n));
#endif
}

/* PGDM_TIMING_SWITCH: the program says whether time is taken. */
#ifdef PGDM_TIMING_SWITCH
extern bool pgdm_timing;
#else
#define pgdm_timing	true
#endif

static inline u64 pgdm_cycles(void)
{
	return unlikely(pgdm_timing) ? __builtin_ia32_rdtsc() : 0;
}

#endif
