/* SPDX-License-Identifier: GPL-2.0 */
/* The LDT: under page table isolation its first write makes an entry of the kernel half. */
#ifndef _PGDM_LDT_H
#define _PGDM_LDT_H

/**
 * pgdm_ldt_write() - write a data segment of 4 GiB into the mm's LDT
 * @entry: its number; the LDT is replaced by one that is large enough
 * @base: where the segment begins
 *
 * Every CPU that runs in the mm has loaded the new LDT when this returns.
 *
 * Return: 0, or the errno of modify_ldt(2).
 */
int pgdm_ldt_write(unsigned int entry, unsigned int base);

/**
 * pgdm_ldt_read() - read the first word of a segment of the LDT
 * @entry: its number; one that was written
 *
 * The CPU fetches the descriptor through the page tables. %gs is empty afterwards.
 *
 * Return: the word.
 */
int pgdm_ldt_read(unsigned int entry);

#endif
