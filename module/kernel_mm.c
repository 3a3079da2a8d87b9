// SPDX-License-Identifier: GPL-2.0
/*
 * The kernel's own address spaces, which are never tracked (A2), and the numbers that
 * it gives to all other mms. efi_mm and poking_mm need not exist; the latter is a
 * pointer.
 */
#include "kernel_mm.h"

#include <linux/atomic.h>
#include <linux/limits.h>
#include <linux/mm_types.h>
#include <linux/pgtable.h>

#include "symbols.h"

/**
 * pgdm_kernel_mm_is_one() - one of the kernel's own address spaces?
 * @mm: any mm
 */
bool pgdm_kernel_mm_is_one(const struct mm_struct *mm)
{
	struct mm_struct **poking = pgdm_symbol(PGDM_SYMBOL_POKING_MM);

	return mm == pgdm_symbol(PGDM_SYMBOL_INIT_MM) ||
	       mm == pgdm_symbol(PGDM_SYMBOL_EFI_MM) || (poking && mm == *poking);
}

/**
 * pgdm_kernel_mm_is_root() - the root of one of the kernel's own mms?
 * @root: its virtual address in the direct map
 */
bool pgdm_kernel_mm_is_root(unsigned long root)
{
	struct mm_struct *init = pgdm_symbol(PGDM_SYMBOL_INIT_MM);
	struct mm_struct *efi = pgdm_symbol(PGDM_SYMBOL_EFI_MM);
	struct mm_struct **poking = pgdm_symbol(PGDM_SYMBOL_POKING_MM);

	/* init_mm's is part of the kernel image, not of the direct map. */
	return root == (unsigned long)__va(__pa(init->pgd)) ||
	       (efi && root == (unsigned long)efi->pgd) ||
	       (poking && *poking && root == (unsigned long)(*poking)->pgd);
}

/**
 * pgdm_kernel_mm_last_ctx() - the kernel's number of the mm that was born last
 *
 * An mm has it in context.ctx_id; none is given out twice.
 *
 * Return: the number, or the largest there is where the kernel keeps none.
 */
u64 pgdm_kernel_mm_last_ctx(void)
{
	const atomic64_t *last = pgdm_symbol(PGDM_SYMBOL_LAST_CTX);

	return last ? atomic64_read(last) : U64_MAX;
}
