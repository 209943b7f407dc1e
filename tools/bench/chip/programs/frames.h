/* Frames of a small strip, each with its number in it: what the bench counts on the wire. */
#ifndef FRAMES_H
#define FRAMES_H

/* The first one can be sent a gap later, 300 us. Platform loop. */
void frames_open(void);

/* Send the next one. From the app loop. */
void frames_show(void);

#endif
