# SPDX-License-Identifier: GPL-2.0-only
# Appended to the cache's copy of kmod/Kbuild: the module becomes built in, and
# where tests/NOUN_kunit.c exists it stands in for NOUN.c, which it includes, or
# for core/NOUN.c where there is no NOUN.c.
obj-m :=
obj-y := kidoban.o

kidoban-suites := $(notdir $(wildcard $(srctree)/$(src)/tests/*_kunit.c))
kidoban-nouns := $(kidoban-suites:%_kunit.c=%)
kidoban-objects := $(kidoban-y) $(kidoban-objs)
kidoban-objs :=
kidoban-shadowed := $(patsubst %,core/%,$(filter-out core/%,$(kidoban-objects)))
kidoban-y := $(foreach o,$(kidoban-objects),$(if \
	$(filter $(basename $(notdir $(o))),$(if $(filter $(o),$(kidoban-shadowed)),, \
	$(kidoban-nouns))),tests/$(basename $(notdir $(o)))_kunit.o,$(o)))
# suites without a source of their own name, such as races across several
kidoban-y += $(foreach n,$(filter-out \
	$(basename $(notdir $(kidoban-objects))),$(kidoban-nouns)),tests/$(n)_kunit.o)

ccflags-y += -I$(srctree)/drivers/misc/kidoban/fixtures
# <keys/internal.h>, to count keys
ccflags-y += -I$(srctree)/security
UBSAN_SANITIZE := y
