# SPDX-License-Identifier: GPL-2.0
# What modinfo says of a module, judged. Sourced by bash scripts.
# shellcheck shell=bash

# lacking_fields: of modinfo's output, on standard input: those that are not there.
lacking_fields()
{
	local text field

	text=$(cat)
	for field in description author license version vermagic srcversion; do
		grep -q -E "^$field: +[^ ]" <<<"$text" || echo "$field"
	done
}

# vague_parameters: of modinfo's output, on standard input: lines of parameters that do
# not say what they are for, or what is taken where they are not given. (modinfo puts the
# type behind a description, in brackets; alone it is no description.)
vague_parameters()
{
	grep '^parm:' | grep -v -E '^parm: +[a-z0-9_]+:[^(].{8,}\(default [^()]+\)( ?\([a-z]+\))?$' || true
}

# defaults: of modinfo's output, on standard input: "NAME VALUE" of each parameter.
defaults()
{
	sed -n -E 's/^parm: +([a-z0-9_]+):.*\(default ([^()]+)\).*/\1 \2/p'
}
