# Optimised across files where the compiler can: the kernel's small functions melt into the loop.
# Not for the chip, where object files decide what is in RAM.
include(CheckIPOSupported)
check_ipo_supported(RESULT has_ipo OUTPUT why_no_ipo LANGUAGES C)
if(has_ipo AND CMAKE_BUILD_TYPE STREQUAL "Release" AND NOT YOKE_SANITIZE)
  set(CMAKE_INTERPROCEDURAL_OPTIMIZATION ON)
endif()
