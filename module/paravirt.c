// SPDX-License-Identifier: GPL-2.0
/*
 * Does the kernel itself write roots and flush TLBs, or a hypervisor for it?
 */
#include "paravirt.h"

#include <linux/pgtable.h>
#include <asm/cpufeature.h>
#include <asm/paravirt.h>

#include "symbols.h"

/**
 * pgdm_paravirt_writes_natively() - is this function the one in use?
 * @function: its address
 *
 * Xen PV installs root writers of its own.
 */
bool pgdm_paravirt_writes_natively(const void *function)
{
#ifdef CONFIG_PARAVIRT_XXL
	unsigned long used = pgtable_l5_enabled() ?
				     (unsigned long)pv_ops.mmu.set_pgd :
				     (unsigned long)pv_ops.mmu.set_p4d;

	return (unsigned long)function == used;
#else
	return false;
#endif
}

static bool is_symbol(const void *function, enum pgdm_symbol which)
{
	return pgdm_symbol(which) && function == pgdm_symbol(which);
}

/**
 * pgdm_paravirt_flushes_natively() - do flushes send IPIs, and come to our hooks?
 *
 * H2: paravirtual flushes of KVM, Hyper-V and Xen may leave the receiver out,
 * or invalidate by a function of their own.
 */
bool pgdm_paravirt_flushes_natively(void)
{
#ifdef CONFIG_PARAVIRT
	return is_symbol(pv_ops.mmu.flush_tlb_multi,
			 PGDM_SYMBOL_NATIVE_FLUSH) &&
	       is_symbol(pv_ops.mmu.flush_tlb_user,
			 PGDM_SYMBOL_NATIVE_ALL) &&
	       is_symbol(pv_ops.mmu.flush_tlb_one_user,
			 PGDM_SYMBOL_NATIVE_ONE);
#else
	return true;	/* no hypervisor can replace them */
#endif
}
