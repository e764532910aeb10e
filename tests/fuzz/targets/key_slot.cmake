rtcscope_fuzz_target(fuzz_key_slot SOURCES fuzz_key_slot.cpp LINK rtcscope::capture)
