"""The 3-D view. The window knows `viewport.Viewport` alone (and `gl_setup.prepare_opengl`, before Qt starts).

```
Viewport ─► ShapeBuilder ─► Background (one thread) ─► contour, structure_shape: arrays (numpy only)
        └─► Stage ─► Canvas ─► FrameLoop: when to draw      Mouse ─► Camera
                           └─► Renderer ─► Painter: items' meshes and balls,  Post: passes over the whole picture
```

Items (`map_view`, `slice_view`, `structure_view`, `pose_cloud`, `cluster_cloud`, `trails`) remember what the user wants
to see and own their buffers; `contents` finds them by key. `Pointer` says what was clicked, `OverlaySet` holds labels.

A frame: opaque items ─► occlusion ─► composition with fog and silhouettes ─► each transparent item as its own layer.
Where the processor draws, a frame is made in portions between which the window works, and while a job runs
(`set_busy`) it is smaller, is not refined, and keeps the layers of maps as long as neither they nor the camera change.
Balls and sticks are rectangles whose pixels are ray-cast (`shaders/impostors.py`).
"""
