rtcscope_fuzz_target(fuzz_client_report SOURCES fuzz_client_report.cpp LINK rtcscope::api rtcscope::store)
