# Libraries of others, as source in .deps/ (tools/deps.txt pins them; tools/setup brings them). They
# are compiled without our warnings, and only for programs that use them. A project that brings Yoke
# in without them has the services that need none.

foreach(folder lwip picohttpparser jsmn mbedtls)
  if(NOT EXISTS ${YOKE_ROOT}/.deps/${folder})
    if(is_top)
      message(FATAL_ERROR "${folder} is missing: `tools/setup run` brings it")
    endif()
    return()
  endif()
endforeach()

# yoke_foreign(TARGET KIND FOLDER INCLUDE-FOLDER [FILE …]): a library of files of .deps/FOLDER,
# STATIC, OBJECT or INTERFACE. Its headers count as the system's.
function(yoke_foreign target kind folder include)
  set(root ${YOKE_ROOT}/.deps/${folder})
  if(kind STREQUAL INTERFACE)
    add_library(${target} INTERFACE)
    target_include_directories(${target} SYSTEM INTERFACE ${root}/${include})
    return()
  endif()
  list(TRANSFORM ARGN PREPEND ${root}/)
  add_library(${target} ${kind} EXCLUDE_FROM_ALL ${ARGN})
  target_include_directories(${target} SYSTEM PUBLIC ${root}/${include})
  target_compile_options(${target} PRIVATE -w)
  if(YOKE_PORT STREQUAL rp2040)
    target_compile_options(${target} PRIVATE -ffunction-sections -fdata-sections)
  elseif(YOKE_SANITIZE)
    target_compile_options(${target} PRIVATE -fsanitize=${YOKE_SANITIZE} -g)
  endif()
endfunction()

# HTTP requests
yoke_foreign(yoke_picohttpparser STATIC picohttpparser . picohttpparser.c)
target_compile_options(yoke_picohttpparser PRIVATE -fwrapv) # HTTP/1.99999999999 overflows

# JSON, a header; who includes it defines JSMN_STATIC first
yoke_foreign(yoke_jsmn INTERFACE jsmn .)

# SHA-1 and base64 of Mbed TLS.
yoke_foreign(yoke_sha1 STATIC mbedtls include library/sha1.c library/base64.c
             library/constant_time.c library/platform_util.c)
target_compile_definitions(
  yoke_sha1 PUBLIC MBEDTLS_CONFIG_FILE="${CMAKE_CURRENT_LIST_DIR}/mbedtls_config.h")
