rtcscope_fuzz_target(fuzz_janus_event SOURCES fuzz_janus_event.cpp LINK rtcscope::feeds_janus)
