/* SPDX-License-Identifier: GPL-2.0 */
/* A root table that is no mm's: kexec's identity map. */
#ifndef _PGDM_KEXEC_H
#define _PGDM_KEXEC_H

/**
 * pgdm_make_identity_map() - have the kernel make such a table and give it up again
 *
 * Return: 0, or the errno of kexec_load(2): EPERM and ENOSYS where it is not allowed.
 */
int pgdm_make_identity_map(void);

#endif
