"""Shaders that work on whole pictures: occlusion, composition with silhouettes and fog, averaging, FXAA."""

from app.scene.shaders.surfaces import FOG

VERTEX = """
attribute vec2 a_corner;
varying vec2 v_uv;

void main() {
    v_uv = 0.5 * a_corner + 0.5;
    gl_Position = vec4(a_corner, 0.0, 1.0);
}
"""

# Where nothing was drawn the scene's alpha is 0, the value it was cleared to.
SCENE = """
uniform sampler2D u_scene;  // lit colour; alpha: distance from the camera's plane (angstrom), negative of thin things
const float BACKGROUND = 1.0e6;

float depth_of(vec4 scene) {
    return scene.a == 0.0 ? BACKGROUND : abs(scene.a);
}
"""

# Screen-space ambient occlusion after McGuire et al. 2011 ("Alchemy"): a spiral of taps around each pixel, turned by
# a noise angle that changes from frame to frame, so that the average over frames is smooth.
OCCLUSION = (
    SCENE
    + """
uniform vec2 u_pixel;        // size of a scene pixel in uv
uniform vec2 u_half_view;    // half width and height of the view at distance 1 in perspective, else anywhere
uniform float u_orthographic;
uniform float u_radius;      // angstrom
uniform float u_turn;        // radians
varying vec2 v_uv;

const int TAPS = 16;

vec2 half_view_at(float depth) {
    return u_half_view * mix(depth, 1.0, u_orthographic);
}

vec3 view_at(vec2 uv, float depth) {
    return vec3((2.0 * uv - 1.0) * half_view_at(depth), -depth);
}

vec3 view_at(vec2 uv) {
    return view_at(uv, depth_of(texture2D(u_scene, uv)));
}

vec3 shorter(vec3 a, vec3 b) {
    return abs(a.z) < abs(b.z) ? a : b;
}

void main() {
    float depth = depth_of(texture2D(u_scene, v_uv));
    if (depth >= BACKGROUND) {
        gl_FragColor = vec4(1.0);
        return;
    }
    vec3 here = view_at(v_uv, depth);
    vec2 dx = vec2(u_pixel.x, 0.0), dy = vec2(0.0, u_pixel.y);
    vec3 across = shorter(view_at(v_uv + dx) - here, here - view_at(v_uv - dx));
    vec3 upward = shorter(view_at(v_uv + dy) - here, here - view_at(v_uv - dy));
    vec3 normal = normalize(cross(across, upward));
    float noise = fract(52.9829189 * fract(dot(gl_FragCoord.xy, vec2(0.06711056, 0.00583715))));
    vec2 reach = 0.5 * u_radius / half_view_at(depth);
    float blocked = 0.0;
    for (int tap = 0; tap < TAPS; ++tap) {
        float share = (float(tap) + 0.5) / float(TAPS);
        float angle = share * 44.0 + noise * 6.2832 + u_turn;
        vec3 other = view_at(v_uv + reach * share * vec2(cos(angle), sin(angle))) - here;
        float squared = dot(other, other);
        float near = max(1.0 - squared / (u_radius * u_radius), 0.0);
        blocked += near * max(dot(other, normal) - 0.02 * u_radius, 0.0) * inversesqrt(squared + 1e-4);
    }
    gl_FragColor = vec4(max(0.0, 1.0 - 1.9 * blocked / float(TAPS)));
}
"""
)

COMPOSITION = (
    FOG
    + SCENE
    + """
uniform sampler2D u_occlusion;
uniform vec2 u_pixel;
uniform vec2 u_occlusion_pixel;
uniform float u_occlusion_strength;
uniform vec4 u_line;         // colour, strength
uniform vec2 u_line_size;    // depth jump (angstrom), width (pixels)
uniform float u_ground;      // 1: where nothing is the background shows; 0: the picture stays empty there
varying vec2 v_uv;

float depth_at(vec2 pixels) {
    return depth_of(texture2D(u_scene, v_uv + pixels * u_pixel));
}

// Occlusion was computed at half size: average the neighbours that lie on the same surface.
float occlusion(float depth) {
    float sum = 0.0, weights = 1e-4;
    for (int i = 0; i < 4; ++i) {
        vec2 corner = vec2(mod(float(i), 2.0), floor(float(i) / 2.0)) * 2.0 - 1.0;
        vec2 uv = v_uv + 0.75 * corner * u_occlusion_pixel;
        float weight = 1.0 / (0.05 + abs(depth_of(texture2D(u_scene, uv)) - depth));
        sum += weight * texture2D(u_occlusion, uv).r;
        weights += weight;
    }
    return sum / weights;
}

// How far the depth bends here: zero on any plane, large on the near side of an edge.
float bend(vec2 direction, float depth) {
    vec2 pixels = direction * u_line_size.y;
    return depth_at(pixels) + depth_at(-pixels) - 2.0 * depth;
}

void main() {
    vec4 scene = texture2D(u_scene, v_uv);
    float depth = depth_of(scene);
    if (depth >= BACKGROUND) {
        gl_FragColor = vec4(u_background, 1.0) * u_ground;
        return;
    }
    vec3 colour = scene.rgb;
    if (u_occlusion_strength > 0.0)
        colour *= mix(1.0, occlusion(depth), u_occlusion_strength);
    colour = fogged(colour, depth);
    if (u_line.a > 0.0) {
        float jump = max(max(bend(vec2(1.0, 0.0), depth), bend(vec2(0.0, 1.0), depth)),
                         max(bend(vec2(0.7, 0.7), depth), bend(vec2(0.7, -0.7), depth)));
        float strength = scene.a < 0.0 ? 0.35 * u_line.a : u_line.a;
        float line = strength * smoothstep(u_line_size.x, 2.0 * u_line_size.x, jump);
        colour = mix(colour, fogged(u_line.rgb, depth), line);
    }
    gl_FragColor = vec4(colour, 1.0);
}
"""
)

# Lays a transparent surface (see surfaces.LAYER) over the picture where nothing opaque is nearer.
LAYER = (
    SCENE
    + """
uniform sampler2D u_layer;
varying vec2 v_uv;

void main() {
    vec4 layer = texture2D(u_layer, v_uv);
    if (layer.a < 0.5 || layer.z > depth_of(texture2D(u_scene, v_uv))) discard;
    float red = floor(layer.r / 65536.0);
    float green = floor(layer.r / 256.0) - 256.0 * red;
    float blue = layer.r - 65536.0 * red - 256.0 * green;
    gl_FragColor = vec4(vec3(red, green, blue) / 255.0 * layer.g, layer.g);
}
"""
)

COPY = """
uniform sampler2D u_picture;
varying vec2 v_uv;

void main() {
    gl_FragColor = texture2D(u_picture, v_uv);
}
"""

# Fast approximate anti-aliasing (after Lottes 2009): blur along edges found in the brightness of the neighbours.
SMOOTHED_COPY = """
uniform sampler2D u_picture;
uniform vec2 u_pixel;
varying vec2 v_uv;

vec3 at(float x, float y) {
    return texture2D(u_picture, v_uv + vec2(x, y) * u_pixel).rgb;
}

float brightness(vec3 colour) {
    return dot(colour, vec3(0.299, 0.587, 0.114));
}

void main() {
    vec3 middle = at(0.0, 0.0);
    float nw = brightness(at(-1.0, -1.0)), ne = brightness(at(1.0, -1.0));
    float sw = brightness(at(-1.0, 1.0)), se = brightness(at(1.0, 1.0));
    float here = brightness(middle);
    float low = min(here, min(min(nw, ne), min(sw, se)));
    float high = max(here, max(max(nw, ne), max(sw, se)));
    if (high - low < max(0.03, 0.1 * high)) {
        gl_FragColor = vec4(middle, 1.0);
        return;
    }
    vec2 edge = vec2((sw + se) - (nw + ne), (nw + sw) - (ne + se));
    float scale = 1.0 / (min(abs(edge.x), abs(edge.y)) + max((nw + ne + sw + se) * 0.03125, 0.0078125));
    edge = clamp(edge * scale, -8.0, 8.0);
    vec3 close = 0.5 * (at(edge.x / -6.0, edge.y / -6.0) + at(edge.x / 6.0, edge.y / 6.0));
    vec3 wide = 0.5 * close + 0.25 * (at(edge.x * -0.5, edge.y * -0.5) + at(edge.x * 0.5, edge.y * 0.5));
    float found = brightness(wide);
    gl_FragColor = vec4(found < low || found > high ? close : wide, 1.0);
}
"""
