/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The module's parameters.
 */
#ifndef _PGDM_PARAMS_H
#define _PGDM_PARAMS_H

#include <linux/types.h>

/**
 * struct pgdm_params - what the user asked for when the module was loaded
 * @policy: the policy's name
 * @hooks: the back end's name, or "auto"
 * @track_all: track every mm, existing and to come
 * @mirrors: how many mirrors each CPU owns
 * @timing: measure cycles
 */
struct pgdm_params {
	const char *policy;
	const char *hooks;
	bool track_all;
	unsigned int mirrors;
	bool timing;
};

int pgdm_params_read(struct pgdm_params *params);
bool pgdm_params_close_live(void);
void pgdm_params_open_live(void);

#endif
