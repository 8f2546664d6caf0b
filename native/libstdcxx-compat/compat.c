/* What make.sh compiles. SYSTEM is the full path of the system's libstdc++; WAIT is set where that one is older than GCC 12's. */

/* std::ios_base_library_init(): code built with GCC 13 or newer names it to say that it needs such a library. It is empty there too. */
void _ZSt21ios_base_library_initv(void) {}

#ifdef WAIT

#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>

/* std::condition_variable::wait got a new version in GCC 12; for a caller the older one does the same. */
#define NAME "_ZNSt18condition_variable4waitERSt11unique_lockISt5mutexE"

static void (*wait_3_4_11)(void *self, void *lock);

__attribute__((constructor)) static void find_wait(void)
{
    void *library = dlopen(SYSTEM, RTLD_NOW | RTLD_NOLOAD);
    wait_3_4_11 = library ? (void (*)(void *, void *))dlvsym(library, NAME, "GLIBCXX_3.4.11") : NULL;
    if (!wait_3_4_11) {
        fprintf(stderr, "%s has no %s of version GLIBCXX_3.4.11: install the C++ runtime of GCC 13 or newer\n", SYSTEM, NAME);
        abort();
    }
}

void _ZNSt18condition_variable4waitERSt11unique_lockISt5mutexE(void *self, void *lock) { wait_3_4_11(self, lock); }

#endif
