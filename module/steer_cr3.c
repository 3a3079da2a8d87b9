// SPDX-License-Identifier: GPL-2.0
/*
 * Live mode: taking a CPU off its mirror, and the argument for both ways. What puts a
 * CPU on a mirror is pgdm_steer_load() in steer_cr3.h, called in sync_points.c.
 *
 * DOC: when CR3 holds what
 *
 * The kernel's switch_mm_irqs_off() writes the primary into CR3; the hook just
 * behind that write syncs this CPU's mirror of it and writes CR3 again with
 * the mirror's address. From then on everything that the kernel does with CR3
 * by reading and writing it back (flushes), or by changing bits in it (the
 * entry code of PTI flips bit 12), stays on the mirror, because mirrors come
 * in pairs aligned as the kernel's own are (L3). What the kernel computes from
 * mm->pgd puts the CPU back on the primary: the next switch, a KVM exit on Intel.
 * That is tolerated everywhere (L2): a primary is never wrong.
 *
 * KVM: an AMD CPU saves CR3 itself at VMRUN and loads it again at the exit: it comes
 * back to the mirror. That mirror cannot be given up in between: an IPI makes the
 * CPU leave the guest first, and its handler runs with CR3 on the mirror again; the
 * next VMRUN saves the CR3 that the handler has written. On Intel the exit loads
 * HOST_CR3 from the VMCS. vmx_set_constant_host_state() stores the CR3 that it reads
 * there, which may hold a mirror; but before each entry, with IRQs off,
 * vmx_vcpu_run() stores what __get_current_cr3_fast() makes of mm->pgd, if that
 * differs. So no exit loads a mirror from the VMCS, where it would stay after the
 * mirror was given up. (That both roots were used with one PCID is C1.)
 *
 * C1: only the address field is replaced. Bit 63 never reads back, and
 * without it the write would flush the PCID's translations. They may stay, from
 * primary to mirror and back: an entry that is not present is never cached, and any
 * other difference between the two tables is a removal that is newer than this CPU's
 * generation of flushes: its flush is still to come, or is made when the mm is
 * switched in (S2, S3: a mirror is never older than the generation that the kernel
 * has noted). With CR4.PCIDE off the bit faults. LAM's bits, read back, stay.
 *
 * L1, L2: going back. Whether a CPU is on a mirror is read from its CR3. To
 * end live mode: (1) the key is switched off, and text patching makes that
 * seen by all CPUs; (2) each CPU takes an IPI and goes back to its primary. A
 * switch hook that still saw the key on had IRQs off, and its CPU takes the
 * IPI after it. To end one mm: the same with its primary marked as dead in
 * place of the key. Only then are mirrors given up. Until then the write hook
 * finds the root, so that flushes still sync.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include "steer_cr3.h"

#include <linux/pgtable.h>
#include <linux/sched.h>
#include <linux/smp.h>
#include <asm/processor.h>

#include "core/bug.h"
#include "core/primary.h"
#include "inject_root.h"
#include "kernel_mm.h"

DEFINE_STATIC_KEY_FALSE(pgdm_steer_key);

unsigned long pgdm_steer_mask __ro_after_init;
unsigned long pgdm_steer_rest __ro_after_init;

/**
 * pgdm_steer_init() - before the first hook is in
 */
void pgdm_steer_init(void)
{
	pgdm_steer_mask = CR3_ADDR_MASK;
	pgdm_steer_rest = ~pgdm_steer_mask;
	pgdm_steer_check_init();
}

/* L1: read from the register itself. */
static bool holds(const struct pgdm_mirror *m)
{
	return m && read_cr3_pa() == m->phys;
}

/**
 * pgdm_steer_release_cpu() - put this CPU back on its primary
 * @c: this CPU's cache
 * @only: only if its mirror is one of this primary; NULL: in any case
 *
 * L2: also what is loaded is forgotten, so that the mirror is not taken for one
 * in use. The mirror still has its primary: it is given up after this.
 *
 * Context: IRQs off.
 */
void pgdm_steer_release_cpu(struct pgdm_cache *c,
			    const struct pgdm_primary *only)
{
	struct pgdm_mirror *m = c->loaded;
	struct pgdm_primary *p = m ? READ_ONCE(m->primary) : NULL;

	if (!p || (only && p != only))
		return;
	if (holds(m) && !pgdm_bug(keep_cr3))
		pgdm_steer_write(m, __native_read_cr3(),
				 pgdm_inject_root(p->page[PGDM_KERNEL_PAGE]));
	WRITE_ONCE(c->loaded, NULL);
}

/*
 * L1, L2: a mirror that is not loaded may be given to another mm while the CPU walks
 * it. The roots that the kernel itself may have loaded when IRQs are on, so that
 * the audit's IPI comes in: that of the active mm (also of a lazy one), init_mm's
 * after leaving a lazy one, efi_mm's in a call of the firmware. PTI has user mode on
 * another page of the pair, but not kernel mode. The masks of read_cr3_pa() leave
 * neither PCID nor LAM bits.
 */
static enum pgdm_place place_off(const struct pgdm_cache *c)
{
	u64 phys = read_cr3_pa();
	unsigned int i;

	for (i = 0; i < c->nr; i++)
		if (holds(&c->mirror[i]))
			return PGDM_PLACE_STRANDED;
	if (phys != __pa(current->active_mm->pgd) &&
	    !pgdm_kernel_mm_is_root((unsigned long)__va(phys)))
		return PGDM_PLACE_FOREIGN;
	return c->loaded && pgdm_steer_is_live() ? PGDM_PLACE_PRIMARY :
						   PGDM_PLACE_OK;
}

/**
 * pgdm_steer_place() - is this CPU where it should be?
 * @c: this CPU's cache
 *
 * A CPU on a primary is never wrong, but in live mode it should be on its mirror: a
 * KVM exit takes it off until its next switch.
 *
 * Context: IRQs off, in an interrupt of code that had them on.
 */
enum pgdm_place pgdm_steer_place(const struct pgdm_cache *c)
{
	const struct pgdm_mirror *m = c->loaded;

	if (holds(m) && READ_ONCE(m->primary))
		return PGDM_PLACE_OK;
	return place_off(c);
}

static void release(void *only)
{
	struct pgdm_cache *c = pgdm_cpus_active();

	if (c)
		pgdm_steer_release_cpu(c, only);
}

/**
 * pgdm_steer_release() - put all CPUs back on their primaries
 * @only: those that run on mirrors of this primary; NULL: all
 *
 * The caller has made sure that they do not take a mirror again.
 *
 * Context: process; sends IPIs and waits.
 */
void pgdm_steer_release(const struct pgdm_primary *only)
{
	on_each_cpu(release, (void *)only, 1);
}
