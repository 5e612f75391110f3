# Thin aliases: the scripts do the work, and need no make.
.PHONY: run test fast check format fuzz endure bench protocol lock

run:
	@scripts/run
test:
	@scripts/test
fast:
	@scripts/test fast
check:
	@scripts/check
format:
	@scripts/format
fuzz:
	@scripts/fuzz
endure:
	@scripts/endure
bench:
	@scripts/bench
protocol:
	@scripts/protocol
lock:
	@scripts/lock
