// SPDX-License-Identifier: GPL-2.0-or-later
/* kidoban completion: what a shell needs to complete our verbs, out of their table. */
#include <string.h>

#include "agent/cli/common.h"

static void print_names(const struct kb_verb *verbs)
{
	for (; verbs->name; verbs++)
		printf("%s%s", verbs->name, verbs[1].name ? " " : "");
}

/* One case per verb: its subverbs at the second word, else options and files. */
static void bash_cases(const char *prefix, const struct kb_verb *verbs)
{
	for (; verbs->name; verbs++) {
		printf("\t'%s%s')\n\t\twords='", prefix, verbs->name);
		if (verbs->subverbs)
			print_names(verbs->subverbs);
		if (verbs->options)
			printf("%s%s", verbs->subverbs ? " " : "", verbs->options);
		printf("' ;;\n");
	}
}

static void print_bash(void)
{
	const struct kb_verb *v;
	char prefix[32];

	printf("# bash completion for kidoban; made by \"kidoban completion bash\"\n"
	       "_kidoban()\n{\n\tlocal cur=\"${COMP_WORDS[COMP_CWORD]}\" path=\"${COMP_WORDS[1]}\" words=''\n"
	       "\tif [ \"$COMP_CWORD\" -eq 1 ]; then\n\t\tmapfile -t COMPREPLY < <(compgen -W '");
	print_names(kb_verbs);
	printf("' -- \"$cur\")\n\t\treturn\n\tfi\n\tcase \"$path\" in\n\t");
	for (v = kb_verbs; v->name; v++)
		if (v->subverbs)
			printf("%s|", v->name);
	printf("'')\n\t\t[ \"$COMP_CWORD\" -gt 2 ] && path=\"$path ${COMP_WORDS[2]}\" ;;\n\tesac\n"
	       "\tcase \"$path\" in\n");
	bash_cases("", kb_verbs);
	for (v = kb_verbs; v->name; v++) {
		if (!v->subverbs)
			continue;
		snprintf(prefix, sizeof(prefix), "%s ", v->name);
		bash_cases(prefix, v->subverbs);
	}
	printf("\tesac\n\tmapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"$cur\"; compgen -f -- \"$cur\")\n}\n"
	       "complete -o filenames -F _kidoban kidoban\n");
}

/* A quote inside a single-quoted shell word. */
static void print_quoted(const char *text)
{
	putchar('\'');
	for (; *text; text++) {
		if (*text == '\'')
			printf("'\\''");
		else
			putchar(*text);
	}
	putchar('\'');
}

/* zsh's _describe takes "name:help" and reads a colon in the help as more. */
static void zsh_list(const struct kb_verb *verbs)
{
	char item[256];

	for (; verbs->name; verbs++) {
		snprintf(item, sizeof(item), "%s:%s", verbs->name, _(verbs->help));
		printf("\t\t");
		print_quoted(item);
		putchar('\n');
	}
}

static void zsh_options(const char *path, const struct kb_verb *verbs)
{
	for (; verbs->name; verbs++) {
		if (verbs->subverbs)
			continue;
		printf("\t'%s%s') compadd -- %s; _files ;;\n", path, verbs->name, verbs->options ?: "");
	}
}

static void print_zsh(void)
{
	const struct kb_verb *v;
	char path[32];

	printf("#compdef kidoban\n# made by \"kidoban completion zsh\"\n"
	       "local -a verbs\nlocal path_=$words[2]\n"
	       "if (( CURRENT == 2 )); then\n\tverbs=(\n");
	zsh_list(kb_verbs);
	printf("\t)\n\t_describe verb verbs\n\treturn\nfi\n");
	for (v = kb_verbs; v->name; v++) {
		if (!v->subverbs)
			continue;
		printf("if [[ $words[2] == %s ]]; then\n\tif (( CURRENT == 3 )); then\n\t\tverbs=(\n", v->name);
		zsh_list(v->subverbs);
		printf("\t\t)\n\t\t_describe verb verbs\n\t\treturn\n\tfi\n\tpath_=\"$words[2] $words[3]\"\nfi\n");
	}
	printf("case $path_ in\n");
	zsh_options("", kb_verbs);
	for (v = kb_verbs; v->name; v++) {
		if (!v->subverbs)
			continue;
		snprintf(path, sizeof(path), "%s ", v->name);
		zsh_options(path, v->subverbs);
	}
	printf("esac\n");
}

static void fish_verb(const char *condition, const struct kb_verb *v)
{
	printf("complete -c kidoban -n \"%s\" -f -a %s -d ", condition, v->name);
	print_quoted(_(v->help));
	putchar('\n');
}

static void fish_options(const char *parent, const struct kb_verb *v)
{
	KB_FREE char *copy = strdup(v->options ?: "");
	char *rest = copy, *option;

	while (copy && (option = strsep(&rest, " ")) != NULL)
		if (strlen(option) > 2)
			printf("complete -c kidoban -n \"%s%s%s__fish_seen_subcommand_from %s\" -l %s\n",
			       parent ? "__fish_seen_subcommand_from " : "", parent ?: "",
			       parent ? "; and " : "", v->name, option + 2);
}

static void print_fish(void)
{
	const struct kb_verb *v, *s;
	char condition[512];
	int used;

	printf("# made by \"kidoban completion fish\"\n");
	for (v = kb_verbs; v->name; v++) {
		fish_verb("__fish_use_subcommand", v);
		if (!v->subverbs) {
			fish_options(NULL, v);
			continue;
		}
		used = snprintf(condition, sizeof(condition),
				"__fish_seen_subcommand_from %s; and not __fish_seen_subcommand_from",
				v->name);
		for (s = v->subverbs; s->name && (size_t)used < sizeof(condition); s++)
			used += snprintf(condition + used, sizeof(condition) - (size_t)used, " %s",
					 s->name);
		for (s = v->subverbs; s->name; s++) {
			fish_verb(condition, s);
			fish_options(v->name, s);
		}
	}
}

int kb_verb_completion(int argc, char **argv)
{
	if (argc != 2)
		return kb_usage("", kb_verbs, "completion");
	if (!strcmp(argv[1], "bash"))
		print_bash();
	else if (!strcmp(argv[1], "zsh"))
		print_zsh();
	else if (!strcmp(argv[1], "fish"))
		print_fish();
	else
		return kb_complain(KB_EXIT_USAGE, _("completions are there for bash, zsh and fish"));
	return KB_EXIT_OK;
}
