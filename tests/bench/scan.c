// SPDX-License-Identifier: GPL-2.0-or-later
/* How fast the decision core looks through rules none of which matches before the last. */
#include <inttypes.h>
#include <kidoban/policy.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { ROUNDS = 7 };

static uint64_t now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000000u + (uint64_t)ts.tv_nsec;
}

static void *read_file(const char *path, size_t *ret_len)
{
	FILE *file = fopen(path, "rb");
	char *data = malloc(KB_BLOB_MAX);
	size_t len;

	if (!file || !data) {
		perror(path);
		exit(1);
	}
	len = fread(data, 1, KB_BLOB_MAX, file);
	fclose(file);
	*ret_len = len;
	return data;
}

/* A keyboard: what every terminal has plugged in. */
static void keyboard(struct kb_usb_device *dev)
{
	static const struct kb_usb_alt boot = { .class = 3, .subclass = 1, .protocol = 1 };

	*dev = (struct kb_usb_device){
		.vendor = 0x046d,
		.product = 0xc31c,
		.serial = "0123456789",
		.port = "pci-0000:00:14.0/2.1",
	};
	if (kb_usb_device_add_interface(dev, 0) || kb_usb_device_add_alt(dev, &boot))
		exit(1);
	kb_usb_classify(dev);
}

/* Best of several rounds: noise only ever adds. Returns ns for one decision. */
static double measure(const struct kb_policy *policy, const struct kb_usb_device *dev)
{
	unsigned int calls = 400000 / (policy->n_rules + 1) + 100;
	struct kb_usb_verdict verdict = { 0 };
	double best = 0;

	for (int round = 0; round < ROUNDS; round++) {
		uint64_t began = now_ns();
		double each;

		for (unsigned int i = 0; i < calls; i++)
			kb_usb_decide(policy, dev, 0, &verdict);
		each = (double)(now_ns() - began) / calls;
		if (!round || each < best)
			best = each;
	}
	if (verdict.reason != KB_REASON_RULE || verdict.rule != policy->n_rules - 1) {
		fprintf(stderr, "the last rule should have decided\n");
		exit(1);
	}
	return best;
}

int main(int argc, char **argv)
{
	struct kb_usb_device dev;
	double first = 0;

	keyboard(&dev);
	printf("%8s %14s %14s %18s %14s\n", "rules", "ns/decision", "rules/us", "cost/rule to 1st",
	       "bytes/rule");
	for (int i = 1; i < argc; i++) {
		struct kb_blob_error error;
		struct kb_policy *policy;
		double ns, per_rule;
		size_t len;
		void *blob = read_file(argv[i], &len);

		if (kb_policy_parse(blob, len, &policy, &error)) {
			fprintf(stderr, "%s: %s\n", argv[i], error.text);
			return 1;
		}
		ns = measure(policy, &dev);
		per_rule = ns / policy->n_rules;
		if (i == 1)
			first = per_rule;
		printf("%8u %14.1f %14.1f %18.2f %14.1f\n", policy->n_rules, ns,
		       policy->n_rules * 1000.0 / ns, per_rule / first,
		       (double)policy->memory / policy->n_rules);
		kb_policy_free(policy);
		free(blob);
	}
	return 0;
}
