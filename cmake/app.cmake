# What a program and a library say of the files that have what the app loop runs. On the host both
# have nothing to do; on the chip the files go to RAM.

# yoke_app(TARGET FILE … [PLATFORM FUNCTION …]): TARGET is a program, FILE … are its source files
# with what runs on the app loop. A UF2 file is written beside the ELF file, and the build fails if
# anything that the app loop can reach is in flash. PLATFORM names functions in these files that
# only the platform loop runs, and that may therefore use what is in flash: bodies of its tasks.
function(yoke_app target)
  yoke_in_ram(${target} ${ARGN})
  if(YOKE_PORT STREQUAL rp2040)
    yoke_check_memory(${target})
    yoke_write_uf2(${target})
  endif()
endfunction()

# yoke_in_ram(TARGET FILE … [PLATFORM FUNCTION …]): the same for files of a library.
# yoke_fits(TARGET FLASH BYTES RAM BYTES): the build for the chip fails when program TARGET takes
# more than that, both stacks included, or when anything in it allocates.
if(NOT YOKE_PORT STREQUAL rp2040)
  function(yoke_in_ram)
  endfunction()
  function(yoke_fits)
  endfunction()
endif()

function(yoke_write_uf2 target)
  set(uf2 ${CMAKE_CURRENT_FUNCTION_LIST_DIR}/../tools/uf2)
  set_property(TARGET ${target} APPEND PROPERTY LINK_DEPENDS ${uf2})
  if(NOT HAS_CXX_HEADERS)
    set_target_properties(${target} PROPERTIES LINKER_LANGUAGE C) # nor is there C++'s library
  endif()
  add_custom_command(
    TARGET ${target} POST_BUILD
    COMMAND ${uf2} $<TARGET_FILE:${target}>
            $<TARGET_FILE_DIR:${target}>/$<TARGET_FILE_BASE_NAME:${target}>.uf2
    VERBATIM)
endfunction()
