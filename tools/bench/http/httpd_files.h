/* The files of lwIP's server, for its fs.c. */
#include "lwip/apps/fs.h"

extern const struct fsdata_file site_files[];
#define FS_ROOT     site_files
#define FS_NUMFILES 2
