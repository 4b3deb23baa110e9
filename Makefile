# Rush, an nginx module.  "make" builds it for the nginx that is installed,
# "make static" an nginx that has it in it.  Nothing is written outside build/,
# but for "make install", and nginx's source in the user's cache.  The work is
# done by the scripts in util/; WERROR=1 makes warnings errors.

MODULE = build/ngx_http_rush_module.so

MODULES = $$(nginx -V 2>&1 | sed -n 's/.*--modules-path=\([^ ]*\).*/\1/p')

.PHONY: build static install deps demo test stress bench style clean

build:
	@util/build

static:
	@util/build --static

install: build
	@dir="$(MODULES)"; dir="$(DESTDIR)$${dir:-/usr/lib/nginx/modules}"; \
	install -d "$$dir" && install -m 644 $(MODULE) "$$dir/"

deps:
	@util/deps

demo:
	@util/deps --demo
	@$(MAKE) --no-print-directory build
	@util/demo

test: deps
	@$(MAKE) --no-print-directory build
	@util/matrix
	@util/test

build/claimload: util/load/claimload*
	@mkdir -p build
	@$(CC) -O2 -g -Wall -Wextra -o $@ util/load/claimload*.c

build/respproxy: util/load/respproxy*
	@mkdir -p build
	@$(CC) -O2 -g -Wall -Wextra -o $@ util/load/respproxy*.c

stress: build
	@util/deps --stress
	@util/stress $(filter S=% SEED=% KIND=% N=% MINUTES=%,$(MAKEOVERRIDES))

# a clock that is wrong
build/skew.so: util/load/skew.c
	@mkdir -p build
	@$(CC) -O2 -g -Wall -Wextra -fPIC -shared -o $@ $<

# the module with locks in which a worker dies
build/failpoint.so: util/lib/failpoint.c $(MODULE)
	@$(CC) -O2 -g -Wall -Wextra -fPIC -shared -o $@ \
	    -Wl,--wrap=ngx_shmtx_lock,--wrap=ngx_shmtx_unlock $< \
	    $$(find build/objs -name '*.o') -lhiredis -lyajl -lqrencode

bench:
	@util/deps --bench
	@$(MAKE) --no-print-directory build
	@util/bench

style:
	@util/style

.PHONY: test-on

test-on:
	@util/test-on "$(RELEASE)"

.PHONY: test-others

test-others:
	@util/test-others

# what is slow has a slow clock; where valgrind would have to start anew for
# each block of a test, nginx is reloaded.  FILES="t/100-claim.t ..." for some

.PHONY: test-valgrind test-asan test-hup test-leak

FILES = $$(ls -S t/*.t)

test-valgrind: deps
	@util/deps --valgrind
	@util/build --valgrind
	@TEST_NGINX_BINARY=$(CURDIR)/build/valgrind/nginx TEST_SLOW=4 \
	    TEST_NGINX_USE_VALGRIND=1 TEST_NGINX_USE_HUP=1 util/test $(FILES)

test-asan: deps
	@util/build --asan
	@TEST_NGINX_BINARY=$(CURDIR)/build/asan/nginx TEST_SLOW=2 \
	    util/test $(FILES)

test-hup: deps
	@TEST_NGINX_USE_HUP=1 util/test $(FILES)

test-leak: deps build
	@util/leak

.PHONY: fuzz

fuzz:
	@util/deps --fuzz
	@util/fuzz

clean:
	rm -rf build
