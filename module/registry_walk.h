/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Walks over all roots of the registry that enter none and take none out.
 */
#ifndef _PGDM_REGISTRY_WALK_H
#define _PGDM_REGISTRY_WALK_H

#include <linux/types.h>

struct pgdm_primary;
struct seq_file;

bool pgdm_registry_make_ready(void);
bool pgdm_registry_all(bool (*test)(struct pgdm_primary *p, const void *data),
		       const void *data);
void pgdm_registry_show(struct seq_file *seq);

#endif
