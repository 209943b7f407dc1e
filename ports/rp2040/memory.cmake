# Which source files go to RAM, and the linker script that puts them there.
#
# It is the SDK's own script with one change: that one names, in two EXCLUDE_FILE lists, objects
# whose code and constants are kept out of flash and copied to RAM with .data. Ours are added.

# Its properties: YOKE_RAM, patterns of object files as ld knows them; YOKE_PLATFORM, functions.
add_library(yoke_memory INTERFACE)

# yoke_in_ram(TARGET FILE … [PLATFORM FUNCTION …]): see cmake/app.cmake.
function(yoke_in_ram target)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" PLATFORM)
  set_property(TARGET yoke_memory APPEND PROPERTY YOKE_PLATFORM ${arg_PLATFORM})
  get_target_property(type ${target} TYPE)
  foreach(file IN LISTS arg_UNPARSED_ARGUMENTS)
    if(type STREQUAL STATIC_LIBRARY) # an archive knows no folders
      get_filename_component(name ${file} NAME)
      set(pattern *lib${target}.a:${name}.o)
    else()
      set(pattern */${target}.dir/${file}.o)
    endif()
    set_property(TARGET yoke_memory APPEND PROPERTY YOKE_RAM ${pattern})
  endforeach()
endfunction()

# Have every build of program TARGET checked.
function(yoke_check_memory target)
  set(port ${CMAKE_CURRENT_FUNCTION_LIST_DIR})
  set(tools ${port}/../../tools)
  set(platform $<TARGET_PROPERTY:yoke_memory,YOKE_PLATFORM>)
  set_property(TARGET ${target} APPEND PROPERTY LINK_DEPENDS ${tools}/ramcheck ${tools}/elf.py
                                                ${port}/ramcheck.txt)
  add_custom_command(
    TARGET ${target} POST_BUILD
    COMMAND ${tools}/ramcheck $<TARGET_FILE:${target}>
            "$<$<BOOL:${platform}>:--platform;${platform}>"
    COMMAND_EXPAND_LISTS VERBATIM)
endfunction()

# yoke_fits(TARGET FLASH BYTES RAM BYTES): see cmake/app.cmake.
function(yoke_fits target)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "FLASH;RAM" "")
  set(fits ${CMAKE_CURRENT_FUNCTION_LIST_DIR}/../../tools/fits)
  set_property(TARGET ${target} APPEND PROPERTY LINK_DEPENDS ${fits})
  add_custom_command(
    TARGET ${target} POST_BUILD
    COMMAND ${fits} --flash ${arg_FLASH} --ram ${arg_RAM} $<TARGET_FILE:${target}>
    VERBATIM)
endfunction()

set(chip rp2040)
if(PICO_RP2350)
  set(chip rp2350)
endif()
set(theirs ${PICO_SDK_PATH}/src/rp2_common/pico_crt0/${chip}/memmap_default.ld)
set(ours ${CMAKE_BINARY_DIR}/yoke_memory.ld)
file(READ ${theirs} script)
set(excluded "$<JOIN:$<TARGET_PROPERTY:yoke_memory,YOKE_RAM>, >")
foreach(sections .text .rodata)
  set(list "*libgcc.a: *libc.a:*lib_a-mem*.o *libm.a:) ${sections}*")
  string(FIND "${script}" "EXCLUDE_FILE(${list}" at)
  if(at EQUAL -1)
    message(FATAL_ERROR "${theirs} is not as yoke expects it (pico-sdk 2.1.1): no list for "
                        "${sections}")
  endif()
  string(REPLACE "EXCLUDE_FILE(${list}" "EXCLUDE_FILE(${excluded} ${list}" script "${script}")
endforeach()
file(GENERATE OUTPUT ${ours} CONTENT "${script}")

# Whoever links the port is linked with this script; of the port these objects go to RAM.
function(yoke_use_memory port)
  set_target_properties(${port} PROPERTIES INTERFACE_PICO_TARGET_LINKER_SCRIPT
                                           ${CMAKE_BINARY_DIR}/yoke_memory.ld)
  set_property(TARGET ${port} APPEND PROPERTY COMPATIBLE_INTERFACE_STRING
                                              PICO_TARGET_LINKER_SCRIPT)
  list(TRANSFORM ARGN PREPEND *lib${port}.a: OUTPUT_VARIABLE objects)
  # memcpy and memset: the SDK's script knows the C library as libc.a, -g has it linked as libg.a.
  set_property(TARGET yoke_memory APPEND PROPERTY YOKE_RAM ${objects} *libg.a:*lib_a-mem*.o)
endfunction()
