// SPDX-License-Identifier: GPL-2.0-or-later
/* Plugging emulated USB devices into the machine and pulling them out. */
#include "plug.h"

#include <ctype.h>
#include <errno.h>
#include <poll.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "util.h"

enum { GONE_MSEC = 10000, JOB_MSEC = 10000, TEXT_MAX = 4096 };

enum behind { NOTHING, MEDIUM, DISK, DIRECTORY, NETWORK, CHARACTER, SOUND };

/* QEMU fixes the ids of these devices; gadgets (dummy_hcd) can have any. */
static const struct type {
	const char *name;
	const char *driver;
	enum behind behind; /* what the device needs behind it */
} types[] = {
	{ "storage", "usb-storage", MEDIUM },  /* 46f4:0001 */
	{ "uas", "usb-uas", DISK },	       /* 46f4:0003 */
	{ "mtp", "usb-mtp", DIRECTORY },       /* 46f4:0004 */
	{ "net", "usb-net", NETWORK },	       /* 0525:a4a2 */
	{ "keyboard", "usb-kbd", NOTHING },    /* 0627:0001 */
	{ "mouse", "usb-mouse", NOTHING },     /* 0627:0001 */
	{ "tablet", "usb-tablet", NOTHING },   /* 0627:0001 */
	{ "ccid", "usb-ccid", NOTHING },       /* 08e6:4433 */
	{ "serial", "usb-serial", CHARACTER }, /* 0403:6001 */
	{ "audio", "usb-audio", SOUND },       /* 46f4:0002 */
	{ "hub", "usb-hub", NOTHING },	       /* 0409:55aa */
};

struct medium {
	const char *size;
	const char *name;
	const char *file;
};

static int refuse(struct machine *m, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

static int refuse(struct machine *m, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	vsnprintf(m->why, sizeof(m->why), fmt, args);
	va_end(args);
	return -EINVAL;
}

/* Give QEMU's refusal on to the caller. */
static int told(struct machine *m, int err)
{
	if (err == -EREMOTEIO)
		snprintf(m->why, sizeof(m->why), "%s", m->qmp.why);
	else if (err)
		snprintf(m->why, sizeof(m->why), "talking to QEMU: %s", strerror(-err));
	return err;
}

/* Only what needs no quoting in JSON, in QEMU ids and in file names. */
static bool plain(const char *text)
{
	for (; *text; text++)
		if ((unsigned char)*text < ' ' || *text == '"' || *text == '\\')
			return false;
	return true;
}

static bool is_id(const char *text)
{
	if (!isalpha((unsigned char)*text))
		return false;
	for (; *text; text++)
		if (!isalnum((unsigned char)*text) && !strchr("-_.", *text))
			return false;
	return true;
}

static const struct type *find_type(const char *name)
{
	size_t i;

	for (i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		if (!strcmp(types[i].name, name))
			return &types[i];
	return NULL;
}

void machine_types(FILE *to)
{
	size_t i;

	for (i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		fprintf(to, "%s%s", i ? " " : "", types[i].name);
	fputc('\n', to);
}

/* "64M" to bytes; 0 when it is no size. */
static unsigned long long bytes(const char *text)
{
	char *end;
	unsigned long long n = strtoull(text, &end, 10);

	switch (*end) {
	case 'G':
		n *= 1024;
		/* fall through */
	case 'M':
		n *= 1024;
		/* fall through */
	case 'K':
		n *= 1024;
		end++;
	}
	return *end ? 0 : n;
}

/* One JSON member for a device property: numbers and switches go bare, names quoted. */
static int property(char *to, size_t size, const char *key, const char *value)
{
	static const char *const texts[] = { "serial", "port", "bus", "rootdir", "desc" };
	bool text = false;
	size_t i;

	for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		text |= !strcmp(key, texts[i]);
	if (!text && *value && strspn(value, "0123456789") == strlen(value))
		return snprintf(to, size, ", \"%s\": %s", key, value);
	if (!text && (!strcmp(value, "on") || !strcmp(value, "true")))
		return snprintf(to, size, ", \"%s\": true", key);
	if (!text && (!strcmp(value, "off") || !strcmp(value, "false")))
		return snprintf(to, size, ", \"%s\": false", key);
	return snprintf(to, size, ", \"%s\": \"%s\"", key, value);
}

/* Sort @keys into the medium's description and the device's properties. */
static int read_keys(struct machine *m, char *const *keys, int count, struct medium *medium,
		     char *props, size_t size)
{
	size_t used = 0;
	int i;

	props[0] = '\0';
	for (i = 0; i < count; i++) {
		char key[64];
		const char *value = strchr(keys[i], '=');

		if (!value || value == keys[i] || (size_t)(value - keys[i]) >= sizeof(key) ||
		    !plain(keys[i]))
			return refuse(m, "not a key=value: %s", keys[i]);
		memcpy(key, keys[i], (size_t)(value - keys[i]));
		key[value - keys[i]] = '\0';
		value++;
		if (!strcmp(key, "size"))
			medium->size = value;
		else if (!strcmp(key, "medium"))
			medium->name = value;
		else if (!strcmp(key, "file"))
			medium->file = value;
		else
			used += (size_t)property(props + used, size - used, key, value);
		if (used >= size)
			return refuse(m, "too many properties");
	}
	if (!is_id(medium->name))
		return refuse(m, "not a medium's name: %s", medium->name);
	return 0;
}

/* Make the image file @path: QEMU does that in a job whose end has to be watched. */
static int create_image(struct machine *m, const char *path, unsigned long long size)
{
	long long deadline = now_msec() + JOB_MSEC;
	bool done = false;
	int err;

	err = qmp_run(&m->qmp, NULL,
		      "\"execute\": \"blockdev-create\", \"arguments\": {\"job-id\": \"medium\", "
		      "\"options\": {\"driver\": \"file\", \"filename\": \"%s\", \"size\": %llu}}",
		      path, size);
	while (!err && !done) {
		__cleanup(free_text) char *reply = NULL;

		err = qmp_run(&m->qmp, &reply, "\"execute\": \"query-jobs\"");
		if (!err && strstr(reply, "\"concluded\"")) {
			done = true;
			if (strstr(reply, "\"error\":"))
				err = refuse(m, "cannot make %s", path);
		} else if (!err && now_msec() > deadline) {
			err = -ETIMEDOUT;
		} else if (!err) {
			poll(NULL, 0, 5);
		}
	}
	if (done)
		qmp_run(&m->qmp, NULL,
			"\"execute\": \"job-dismiss\", \"arguments\": {\"id\": \"medium\"}");
	return err == -EINVAL ? err : told(m, err);
}

static int add_image(struct machine *m, const char *id, const char *path)
{
	return qmp_run(&m->qmp, NULL,
		       "\"execute\": \"blockdev-add\", \"arguments\": {\"driver\": \"raw\", "
		       "\"node-name\": \"m-%s\", \"file\": {\"driver\": \"file\", "
		       "\"filename\": \"%s\"}}",
		       id, path);
}

/* Put a medium behind device @id: an existing file as it is, else a fresh empty one. */
static int add_medium(struct machine *m, const char *id, const struct medium *medium)
{
	char path[TEXT_MAX / 2];
	int err;

	if (medium->file)
		snprintf(path, sizeof(path), "%s", medium->file);
	else
		snprintf(path, sizeof(path), "%s/media/%s.img", m->run, medium->name);
	err = add_image(m, id, path);
	if (err != -EREMOTEIO || medium->file || !strstr(m->qmp.why, "No such file"))
		return told(m, err);
	if (!bytes(medium->size))
		return refuse(m, "not a size: %s", medium->size);
	err = create_image(m, path, bytes(medium->size));
	return err ? err : told(m, add_image(m, id, path));
}

/* Set up what stands behind device @id and write the properties that name it. */
static int add_behind(struct machine *m, const struct type *type, const char *id,
		      const struct medium *medium, char *props, size_t size)
{
	props[0] = '\0';
	switch (type->behind) {
	case MEDIUM:
		snprintf(props, size, ", \"drive\": \"m-%s\"", id);
		return add_medium(m, id, medium);
	case DISK:
		return add_medium(m, id, medium);
	case DIRECTORY:
		snprintf(props, size, ", \"rootdir\": \"%s/media/mtp\"", m->run);
		return 0;
	case NETWORK:
		snprintf(props, size, ", \"netdev\": \"n-%s\"", id);
		/* a hub with nothing else on it: the cable leads nowhere */
		return told(m, qmp_run(&m->qmp, NULL,
				       "\"execute\": \"netdev_add\", \"arguments\": {\"type\": "
				       "\"hubport\", \"id\": \"n-%s\", \"hubid\": 0}",
				       id));
	case CHARACTER:
		snprintf(props, size, ", \"chardev\": \"c-%s\", \"always-plugged\": true", id);
		return told(m, qmp_run(&m->qmp, NULL,
				       "\"execute\": \"chardev-add\", \"arguments\": {\"id\": "
				       "\"c-%s\", \"backend\": {\"type\": \"null\", \"data\": {}}}",
				       id));
	case SOUND:
		snprintf(props, size, ", \"audiodev\": \"none\"");
		return 0;
	case NOTHING:
		break;
	}
	return 0;
}

/* Take away whatever may stand behind device @id; what is not there is refused, harmlessly. */
static void remove_behind(struct machine *m, const char *id)
{
	qmp_run(&m->qmp, NULL,
		"\"execute\": \"blockdev-del\", \"arguments\": {\"node-name\": \"m-%s\"}", id);
	qmp_run(&m->qmp, NULL, "\"execute\": \"netdev_del\", \"arguments\": {\"id\": \"n-%s\"}",
		id);
	qmp_run(&m->qmp, NULL, "\"execute\": \"chardev-remove\", \"arguments\": {\"id\": \"c-%s\"}",
		id);
}

/* A UAS device waits for its disk; only then its plug goes in. */
static int insert_disk(struct machine *m, const char *id)
{
	int err;

	err = qmp_run(&m->qmp, NULL,
		      "\"execute\": \"device_add\", \"arguments\": {\"driver\": \"scsi-hd\", "
		      "\"id\": \"%s-disk\", \"bus\": \"%s.0\", \"drive\": \"m-%s\"}",
		      id, id, id);
	if (!err)
		err = qmp_run(&m->qmp, NULL,
			      "\"execute\": \"qom-set\", \"arguments\": {\"path\": "
			      "\"/machine/peripheral/%s\", \"property\": \"attached\", "
			      "\"value\": true}",
			      id);
	return told(m, err);
}

int machine_plug(struct machine *m, const char *id, const char *type_name, char *const *keys,
		 int count)
{
	struct medium medium = { .size = "64M", .name = id };
	const struct type *type = find_type(type_name);
	char props[TEXT_MAX], behind[TEXT_MAX];
	int err;

	if (!is_id(id))
		return refuse(m, "not an id: %s", id);
	if (!type)
		return refuse(m, "unknown type: %s", type_name);
	err = read_keys(m, keys, count, &medium, props, sizeof(props));
	if (err)
		return err;
	err = add_behind(m, type, id, &medium, behind, sizeof(behind));
	if (err)
		return err;
	err = told(m, qmp_run(&m->qmp, NULL,
			      "\"execute\": \"device_add\", \"arguments\": {\"driver\": \"%s\", "
			      "\"id\": \"%s\"%s%s}",
			      type->driver, id, behind, props));
	if (!err && type->behind == DISK)
		err = insert_disk(m, id);
	if (err == -EREMOTEIO && !strstr(m->why, "Duplicate"))
		remove_behind(m, id);
	return err;
}

int machine_unplug(struct machine *m, const char *id)
{
	char about[128];
	int err;

	if (!is_id(id))
		return refuse(m, "not an id: %s", id);
	snprintf(about, sizeof(about), "\"device\": \"%s\"", id);
	qmp_await(&m->qmp, "\"DEVICE_DELETED\"", about);
	err = told(m, qmp_run(&m->qmp, NULL,
			      "\"execute\": \"device_del\", \"arguments\": {\"id\": \"%s\"}", id));
	if (!err)
		err = told(m, qmp_wait(&m->qmp, GONE_MSEC));
	if (!err)
		remove_behind(m, id);
	return err;
}

int machine_list(struct machine *m, FILE *to)
{
	__cleanup(free_text) char *reply = NULL;
	char *object;
	int err;

	err = told(m, qmp_run(&m->qmp, &reply,
			      "\"execute\": \"qom-list\", \"arguments\": {\"path\": "
			      "\"/machine/peripheral\"}"));
	if (err)
		return err;
	for (object = strchr(reply, '['); object && (object = strchr(object, '{')); object++) {
		char *end = strchr(object, '}');
		char *name = strstr(object, "\"name\": \"");
		char *type = strstr(object, "\"type\": \"child<usb-");

		if (!end || !name || !type || type > end || name > end)
			continue;
		name += strlen("\"name\": \"");
		type += strlen("\"type\": \"child<");
		fprintf(to, "%.*s %.*s\n", (int)strcspn(name, "\""), name, (int)strcspn(type, ">"),
			type);
	}
	return 0;
}
