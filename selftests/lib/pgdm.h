/* SPDX-License-Identifier: GPL-2.0 */
/* All that the library has, for the test programs: this file only includes. */
#ifndef _PGDM_H
#define _PGDM_H

#include "audit.h"
#include "bugs.h"
#include "die.h"
#include "files.h"
#include "jobs.h"
#include "kexec.h"
#include "ldt.h"
#include "log.h"
#include "machine.h"
#include "module.h"
#include "partner.h"
#include "process.h"
#include "program.h"
#include "slots.h"
#include "stats.h"
#include "track.h"
#include "tracing.h"
#include "turns.h"
#include "wait.h"
#include "worker.h"

#endif
