rtcscope_fuzz_target(fuzz_janus_event SOURCES fuzz_janus_event.cpp LINK rtcscope::feeds_janus)
rtcscope_fuzz_target(fuzz_event_log SOURCES fuzz_event_log.cpp LINK rtcscope::feeds_janus)
rtcscope_fuzz_target(fuzz_owt SOURCES fuzz_owt.cpp LINK rtcscope::feeds_owt)
rtcscope_fuzz_target(fuzz_hep SOURCES fuzz_hep.cpp LINK rtcscope::feeds_hep nlohmann_json::nlohmann_json)
