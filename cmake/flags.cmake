# How every source file of ours is compiled. Third-party code never sees these flags.
add_library(yoke_flags INTERFACE)
target_compile_features(yoke_flags INTERFACE c_std_11)
target_compile_options(
  yoke_flags
  INTERFACE -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Wmissing-prototypes -Werror
            $<$<C_COMPILER_ID:GNU>:-Wjump-misses-init>
            # says it of definitions too that C allows it to (kernel/worker.c: worker_run)
            $<$<C_COMPILER_ID:Clang>:-Wno-static-in-inline>)
if(YOKE_PORT STREQUAL rp2040)
  # There uint32_t is unsigned long, of the same size as what %u takes; the host's build checks.
  # Jump tables would be constants; the paths of files need not be in RAM.
  target_compile_options(yoke_flags INTERFACE -Wno-format -ffunction-sections -fdata-sections
                                              -fno-jump-tables
                                              -fmacro-prefix-map=${YOKE_ROOT}/=)
endif()
if(YOKE_SANITIZE)
  target_compile_options(yoke_flags INTERFACE -fsanitize=${YOKE_SANITIZE} -g
                                              -fno-omit-frame-pointer)
  target_link_options(yoke_flags INTERFACE -fsanitize=${YOKE_SANITIZE})
  if(YOKE_SANITIZE MATCHES undefined)
    target_compile_options(yoke_flags INTERFACE -fno-sanitize-recover=all)
  endif()
  if(YOKE_SANITIZE MATCHES thread AND CMAKE_C_COMPILER_ID STREQUAL GNU)
    target_compile_options(yoke_flags INTERFACE -Wno-tsan) # fences order nothing it looks at
  endif()
endif()

# One library of ours: a folder with include/yoke/, and the sources beside.
function(yoke_library name)
  add_library(${name} STATIC ${ARGN})
  target_include_directories(${name} PUBLIC include)
  target_link_libraries(${name} PRIVATE yoke_flags)
endfunction()

# One program of ours. On the chip the SDK's sources are part of it, and those know no such flags.
function(yoke_program name)
  add_executable(${name} ${ARGN})
  if(YOKE_PORT STREQUAL rp2040)
    set_source_files_properties(
      ${ARGN} PROPERTIES COMPILE_OPTIONS
                         "$<TARGET_PROPERTY:yoke_flags,INTERFACE_COMPILE_OPTIONS>")
  else()
    target_link_libraries(${name} PRIVATE yoke_flags)
  endif()
endfunction()
