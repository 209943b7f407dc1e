/* The whole kernel. */
#ifndef YOKE_H
#define YOKE_H

#include "yoke/app.h"
#include "yoke/check.h"
#include "yoke/loop.h"
#include "yoke/post.h"
#include "yoke/queue.h"
#include "yoke/share.h"
#include "yoke/signal.h"
#include "yoke/task.h"
#include "yoke/worker.h"

#endif
