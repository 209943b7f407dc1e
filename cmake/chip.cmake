# pico-sdk, before project(): the one that PICO_SDK_PATH names, or what tools/setup has brought.
if(NOT PICO_SDK_PATH AND NOT DEFINED ENV{PICO_SDK_PATH})
  set(PICO_SDK_PATH ${CMAKE_CURRENT_LIST_DIR}/../.deps/pico-sdk)
  if(NOT EXISTS ${PICO_SDK_PATH}/pico_sdk_init.cmake)
    message(FATAL_ERROR "pico-sdk is missing: `tools/setup firmware` brings it, or set "
                        "PICO_SDK_PATH")
  endif()
endif()
if(NOT PICO_SDK_PATH)
  set(PICO_SDK_PATH $ENV{PICO_SDK_PATH})
endif()
set(PICO_NO_PICOTOOL ON CACHE BOOL "without the SDK's own tool; tools/uf2 writes the UF2 files")
include(${PICO_SDK_PATH}/external/pico_sdk_import.cmake)

# Each program compiles the SDK's sources anew, the same ones: if ccache is there, it remembers.
find_program(YOKE_CCACHE ccache)
if(YOKE_CCACHE AND NOT CMAKE_C_COMPILER_LAUNCHER)
  set(launcher env CCACHE_DIR=${CMAKE_CURRENT_LIST_DIR}/../build/ccache ${YOKE_CCACHE})
  set(CMAKE_C_COMPILER_LAUNCHER ${launcher})
  set(CMAKE_ASM_COMPILER_LAUNCHER ${launcher})
endif()
