// SPDX-License-Identifier: GPL-2.0-or-later
/* Gathers what decides whether this machine would load the module. */
#include "agent/secureboot.h"

#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <openssl/err.h>
#include <unistd.h>

#include "agent/module_seal.h"
#include "policy/cleanup.h"
#include "policy/file.h"

#define GLOBAL_GUID	"8be4df61-93ca-11d2-aa0d-00e098032b8c"
#define SECURITY_GUID	"d719b2cb-3d3a-4596-a3bc-dad00e67656f"
#define SHIM_GUID	"605dab50-e046-4300-abb6-3dd810dd8b23"
#define EFIVARS		"firmware/efi/efivars/"
#define ATTRIBUTES	4			/* bytes before a variable's value in efivarfs */
#define FILE_MAX	(16 * 1024 * 1024)
#define LOG_RECORD	8192
#define GUID_SIZE	16

KB_DEFINE_CLEANUP(X509 *, X509_free)

/* EFI_SIGNATURE_LIST: this, then entries of an owner's GUID and a certificate. */
struct signature_list {
	uint8_t type[GUID_SIZE];
	uint32_t list_size, header_size, entry_size;	/* little-endian */
};

/* EFI_CERT_X509_GUID */
static const uint8_t x509_type[GUID_SIZE] = {
	0xa1, 0x59, 0xc0, 0xa5, 0xe4, 0x94, 0xa7, 0x4a, 0x87, 0xb5, 0xab, 0x15, 0x5c, 0x2b, 0xf0, 0x72,
};

struct bytes {
	uint8_t *data;			/* malloc'ed */
	size_t len;
};

static void bytes_done(struct bytes *b)
{
	free(b->data);
}

#define BYTES		KB_CLEANUP(bytes_done) struct bytes

/* Reads DIR/NAME without its first @skip bytes. */
static bool read_below(const char *dir, const char *name, size_t skip, struct bytes *ret)
{
	KB_FREE char *path = kb_path_join(dir, name);
	uint8_t *data;
	size_t len;

	if (!path || kb_file_read(path, FILE_MAX, &data, &len))
		return false;
	if (len < skip) {
		free(data);
		return false;
	}
	memmove(data, data + skip, len - skip + 1);
	*ret = (struct bytes){ data, len - skip };
	return true;
}

static bool is_one(const char *sys_dir, const char *name, bool *ret)
{
	BYTES value = {};

	if (!read_below(sys_dir, name, ATTRIBUTES, &value))
		return false;
	*ret = value.len == 1 && value.data[0] == 1;
	return true;
}

static enum kb_firmware firmware(const char *sys_dir)
{
	KB_FREE char *efi = kb_path_join(sys_dir, "firmware/efi");
	bool on = false, deaf = false;

	if (!efi || access(efi, F_OK))
		return KB_FIRMWARE_BIOS;
	if (!is_one(sys_dir, EFIVARS "SecureBoot-" GLOBAL_GUID, &on)) {
		KB_FREE char *setup = kb_path_join(sys_dir, EFIVARS "BootCurrent-" GLOBAL_GUID);

		/* firmware that has never heard of it has other variables */
		return setup && !access(setup, F_OK) ? KB_FIRMWARE_OFF : KB_FIRMWARE_UNREADABLE;
	}
	if (!on)
		return KB_FIRMWARE_OFF;
	is_one(sys_dir, EFIVARS "MokSBStateRT-" SHIM_GUID, &deaf);
	return deaf ? KB_FIRMWARE_SHIM_OFF : KB_FIRMWARE_ON;
}

/* First line of a file that does not know its size. */
static bool first_line(const char *dir, const char *name, char *ret, size_t size)
{
	KB_FREE char *path = kb_path_join(dir, name);
	KB_CLEANUP(kb_fclosep) FILE *file = path ? fopen(path, "re") : NULL;

	return file && fgets(ret, (int)size, file);
}

/* "none [integrity] confidentiality" */
static enum kb_lockdown lockdown(const char *sys_dir)
{
	char line[128];

	if (!first_line(sys_dir, "kernel/security/lockdown", line, sizeof(line)))
		return KB_LOCKDOWN_NONE;
	return strstr(line, "[confidentiality]") ? KB_LOCKDOWN_CONFIDENTIALITY :
	       strstr(line, "[integrity]") ? KB_LOCKDOWN_INTEGRITY : KB_LOCKDOWN_NONE;
}

/* Is the very certificate in this list? */
static bool holds(const struct bytes *list, const struct bytes *cert)
{
	return cert->len && list->len && memmem(list->data, list->len, cert->data, cert->len);
}

static X509 *certificate(const uint8_t *der, size_t len)
{
	X509 *cert = d2i_X509(NULL, &der, (long)len);

	ERR_clear_error();
	return cert;
}

/* Calls @fn for each certificate of EFI signature lists until it says true. */
static bool any_cert(const struct bytes *lists, bool (*fn)(const struct bytes *der, void *arg), void *arg)
{
	struct signature_list l;
	size_t at = 0, entry, end;
	struct bytes der;

	while (lists->len - at >= sizeof(l)) {
		memcpy(&l, lists->data + at, sizeof(l));
		l.list_size = le32toh(l.list_size);
		l.header_size = le32toh(l.header_size);
		l.entry_size = le32toh(l.entry_size);
		if (l.list_size < sizeof(l) || l.list_size > lists->len - at ||
		    l.header_size > l.list_size - sizeof(l) || l.entry_size <= GUID_SIZE)
			return false;
		end = at + l.list_size;
		entry = at + sizeof(l) + l.header_size;
		for (; end - entry >= l.entry_size; entry += l.entry_size) {
			der = (struct bytes){ lists->data + entry + GUID_SIZE, l.entry_size - GUID_SIZE };
			if (!memcmp(l.type, x509_type, GUID_SIZE) && fn(&der, arg))
				return true;
		}
		at = end;
	}
	return false;
}

static bool made_module(const struct bytes *der, void *arg)
{
	KB_CLEANUP(X509_free_p) X509 *cert = certificate(der->data, der->len);
	const struct kb_module_file *file = arg;

	return cert && kb_module_names(file, cert) && kb_module_proves(file, cert);
}

static bool named_by_module(const struct bytes *der, void *arg)
{
	KB_CLEANUP(X509_free_p) X509 *cert = certificate(der->data, der->len);

	return cert && kb_module_names(arg, cert);
}

/* Whom the firmware vouches for: shim's list, the firmware's own, and who waits for the next start. */
struct lists {
	struct bytes mok, db, pending;
};

static void lists_done(struct lists *l)
{
	bytes_done(&l->mok);
	bytes_done(&l->db);
	bytes_done(&l->pending);
}

static void read_lists(const char *sys_dir, struct lists *ret)
{
	/* whole in the first; what is too long for one variable is spread over several */
	if (!read_below(sys_dir, "firmware/efi/mok-variables/MokListRT", 0, &ret->mok))
		read_below(sys_dir, EFIVARS "MokListRT-" SHIM_GUID, ATTRIBUTES, &ret->mok);
	read_below(sys_dir, EFIVARS "db-" SECURITY_GUID, ATTRIBUTES, &ret->db);
	read_below(sys_dir, EFIVARS "MokNew-" SHIM_GUID, ATTRIBUTES, &ret->pending);
}

/* The module's file of the running kernel, as depmod listed it: malloc'ed path or NULL. */
static char *module_path(const char *modules_dir)
{
	BYTES dep = {};
	char *line, *rest, *end;

	if (!read_below(modules_dir, "modules.dep", 0, &dep))
		return NULL;
	for (line = strtok_r((char *)dep.data, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest)) {
		end = strchr(line, ':');
		if (!end)
			continue;
		*end = '\0';
		if (strstr(line, "/kidoban.ko"))
			return *line == '/' ? strdup(line) : kb_path_join(modules_dir, line);
	}
	return NULL;
}

static void judge_seal(const struct kb_module_file *file, const struct bytes *key,
		       const struct lists *lists, struct kb_secureboot *ret)
{
	void *arg = (void *)file;
	struct bytes der = *key;
	bool ours = key->len && named_by_module(&der, arg);
	bool listed = any_cert(&lists->mok, named_by_module, arg) ||
		      any_cert(&lists->db, named_by_module, arg);

	if (!file->sig) {
		ret->seal = file->broken ? KB_SEAL_BROKEN : KB_SEAL_NONE;
		return;
	}
	kb_module_signer(file, ret->signer, sizeof(ret->signer));
	ret->signer_known = any_cert(&lists->mok, made_module, arg) ||
			    any_cert(&lists->db, made_module, arg);
	ret->signer_pending = any_cert(&lists->pending, made_module, arg);
	if (ours && made_module(&der, arg))
		ret->seal = KB_SEAL_OURS;
	else
		ret->seal = (ours || listed) && !ret->signer_known ? KB_SEAL_BROKEN : KB_SEAL_OTHER;
}

static void read_seal(const struct kb_doctor_view *view, const struct bytes *key,
		      const struct lists *lists, struct kb_secureboot *ret)
{
	KB_CLEANUP(kb_module_file_done) struct kb_module_file file = {};
	KB_FREE char *path = module_path(view->modules_dir);

	if (!path || access(path, F_OK))
		ret->seal = KB_SEAL_ABSENT;
	else if (kb_module_file_read(path, &file))
		ret->seal = KB_SEAL_UNREADABLE;
	else
		judge_seal(&file, key, lists, ret);
}

static void read_loaded(const char *sys_dir, struct kb_secureboot *ret)
{
	KB_FREE char *dir = kb_path_join(sys_dir, "module/kidoban");
	char flag[64];

	ret->loaded = dir && !access(dir, F_OK);
	ret->unproven = first_line(sys_dir, "module/kidoban/taint", flag, sizeof(flag)) &&
			strchr(flag, 'E');
	ret->enforced = ret->lockdown != KB_LOCKDOWN_NONE ||
			(first_line(sys_dir, "module/module/parameters/sig_enforce", flag, sizeof(flag)) &&
			 *flag == 'Y');
}

/* Keeps the last line of the log in which the kernel says that it refused a module. */
static void read_log(const char *path, char *ret, size_t size)
{
	static const char *const says[] = {
		"Loading of unsigned module is rejected", "Loading of module with unsupported crypto is rejected",
		"Loading of module with unavailable key is rejected",
		"unsigned module loading is restricted", "Key was rejected by service",
	};
	KB_CLOSE int fd = path ? open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK) : -1;
	char record[LOG_RECORD];
	ssize_t n;
	size_t i;

	/* /dev/kmsg hands out one record at a time; EPIPE: some were overwritten meanwhile */
	while (fd >= 0 && ((n = read(fd, record, sizeof(record) - 1)) > 0 || (n < 0 && errno == EPIPE))) {
		if (n < 0)
			continue;
		record[n] = '\0';
		for (i = 0; i < sizeof(says) / sizeof(says[0]); i++)
			if (strstr(record, says[i]))
				snprintf(ret, size, "%s", says[i]);
	}
}

void kb_secureboot_read(const struct kb_doctor_view *view, struct kb_secureboot *ret)
{
	KB_CLEANUP(lists_done) struct lists lists = {};
	BYTES key = {};

	*ret = (struct kb_secureboot){
		.firmware = firmware(view->sys_dir), .lockdown = lockdown(view->sys_dir),
	};
	read_loaded(view->sys_dir, ret);
	read_lists(view->sys_dir, &lists);
	if (view->mok_cert && kb_file_read(view->mok_cert, FILE_MAX, &key.data, &key.len))
		key = (struct bytes){};
	ret->key = key.len > 0;
	ret->key_known = holds(&lists.mok, &key) || holds(&lists.db, &key);
	ret->key_pending = holds(&lists.pending, &key);
	read_seal(view, &key, &lists, ret);
	if (!ret->loaded)
		read_log(view->kernel_log, ret->refusal, sizeof(ret->refusal));
}
