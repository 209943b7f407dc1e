/* A job is a task that never waits. */
#include "yoke/post.h"

static int job_body(yoke_task *t)
{
    yoke_job *job = YOKE_FRAME(yoke_job, t);
    job->run(job->arg);
    return YOKE_OK;
}

int yoke_post(yoke_loop *l, yoke_job *job)
{
    if (!job->task.body) {
        job->task.body = job_body;
    }
    return yoke_start(l, &job->task);
}
