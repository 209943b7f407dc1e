# A thin front: tools/ sets up, CMake builds.
APP ?= seed

.DEFAULT_GOAL := run
.PHONY: run firmware emu test verify bench tidy sizes clean help

run:
	@exec tools/run $(APP) $(ARGS)

firmware:
	@exec tools/firmware $(BOARD)

emu:
	@exec tools/run-emu $(APP) $(ARGS)

test:
	@exec tools/test

verify:
	@exec tools/test --long

bench:
	@exec tools/run bench $(ARGS)

tidy:
	@tools/setup tidy && exec tools/tidy

sizes:
	@tools/setup size && exec tools/size

clean:
	@rm -rf build

help:
	@echo 'make run [APP=seed]   build a program and start it on this machine; also plain `make`'
	@echo 'make firmware         build the programs for the chip: UF2 files [BOARD=pico]'
	@echo 'make emu [APP=seed]   build a program for the chip and run it in the emulator'
	@echo 'make test             every test that this machine can run'
	@echo 'make verify           the same with more seeds and longer rounds'
	@echo 'make bench            compare the kernel with other libraries; ARGS=--chip: in the'
	@echo '                      emulator; ARGS=--http: the server with other servers'
	@echo 'make tidy             check the style of the source'
	@echo 'make sizes            measure the kernel for the chip, against tools/budgets.txt'
	@echo 'make clean            remove what was built'
	@echo
	@echo 'Each installs what it needs first (tools/setup --help). More: README.md'
