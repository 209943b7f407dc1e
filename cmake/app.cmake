# yoke_app(TARGET FILE …): TARGET is a program, and these source files of it have what runs on the
# app loop. On the chip they go to RAM, a check sees that nothing they reach is in flash, and a UF2
# file is written beside the ELF file. On the host there is nothing to do.
function(yoke_app target)
  yoke_in_ram(${target} ${ARGN})
  if(NOT YOKE_PORT STREQUAL rp2040)
    return()
  endif()
  if(NOT HAS_CXX_HEADERS)
    set_target_properties(${target} PROPERTIES LINKER_LANGUAGE C) # nor is there C++'s library
  endif()
  add_custom_command(
    TARGET ${target} POST_BUILD
    COMMAND ${YOKE_ROOT}/tools/uf2 $<TARGET_FILE:${target}>
            $<TARGET_FILE_DIR:${target}>/$<TARGET_FILE_BASE_NAME:${target}>.uf2
    VERBATIM)
endfunction()

# yoke_in_ram(TARGET FILE …): the same for files of a library.
if(NOT YOKE_PORT STREQUAL rp2040)
  function(yoke_in_ram)
  endfunction()
endif()
