"""The 3-D view. The window knows `viewport.Viewport` alone (and `gl_setup.prepare_opengl`, before Qt starts).

```
Viewport ─► ShapeBuilder ─► Background (one thread) ─► contour, structure_shape: arrays (numpy only)
        └─► Stage ─► Canvas ─► FrameLoop: when to draw      Mouse ─► Camera
                           └─► Renderer ─► Painter: items' meshes and balls,  Post: passes over the whole picture
```

Items (`map_view`, `structure_view`, `pose_cloud`) remember what the user wants to see and own their buffers.
"""
