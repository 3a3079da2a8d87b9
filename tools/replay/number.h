/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The argument of an option that takes a number.
 */
#ifndef _REPLAY_NUMBER_H
#define _REPLAY_NUMBER_H

#include <stdio.h>
#include <stdlib.h>

/**
 * number() - read the argument of an option; what is no such number ends the program
 * @program: its name, for the message
 * @name: the option, without dashes
 * @text: the argument
 * @least: the smallest that is taken
 * @most: the largest
 *
 * Return: the number. Else the program has ended with status 2.
 */
static inline unsigned int number(const char *program, const char *name,
				  const char *text, unsigned long least,
				  unsigned long most)
{
	char *end;
	unsigned long value = strtoul(text, &end, 10);

	if (*text >= '0' && *text <= '9' && !*end && value >= least && value <= most)
		return value;
	fprintf(stderr, "%s: --%s %s: not a number from %lu to %lu\n", program, name, text,
		least, most);
	exit(2);
}

#endif
