/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the other side does in the window that a seeded bug has opened.
 */
#ifndef PAUSE_H
#define PAUSE_H

/* Called once, at the next pgdm_bug_pause(). */
extern void (*pause_action)(void);

#endif
