"""The words the painter knows, as plain tables: scenes, subjects, moods, colours, styles.

Words are lower case and singular; a few everyday words of other languages stand beside the
English ones. What a word looks like when painted is decided elsewhere.
"""


def _votes(lines: str) -> dict[str, dict[str, float]]:
    """Reads "scene weight: word word ..." lines into word -> scene -> weight."""
    table: dict[str, dict[str, float]] = {}
    for line in lines.strip().splitlines():
        head, words = line.split(":")
        scene, weight = head.split()
        for word in words.split():
            table.setdefault(word, {})[scene] = float(weight)
    return table


def _groups(lines: str) -> dict[str, str]:
    """Reads "name: word word ..." lines into word -> name."""
    table: dict[str, str] = {}
    for line in lines.strip().splitlines():
        name, words = line.split(":")
        table.update(dict.fromkeys(words.split(), name.strip()))
    return table


SCENES = _votes("""
deep 3: underwater reef coral abyss kelp seabed deepsea aquarium undersea submerged unterwasser
deep 2: deep bioluminescent diving diver tiefsee trench
deep 1.4: ocean marine aquatic water ozean océan océano 深海
sea 3: beach coast shore seascape bay harbor harbour island seaside strand playa plage cliff
sea 2: sea wave lake tide meer mar mer lagoon horizon ocean ozean océan océano surf 海 sail
sea 1.6: jumping jump leaping leap splash
sea 1: water sunset river fjord pond
mountains 3: mountain mountainous peak alp alpine summit himalaya berg montaña montagne glacier
mountains 3: valley ridge cliffs 山
mountains 2: hill landscape snowy canyon volcano wilderness aurora lake highland fjord nature
forest 3: forest wood woodland jungle rainforest wald bosque forêt grove 森
forest 2: path trail autumn fall mushroom fern pine enchanted herbst
city 3: city skyline metropolis downtown street skyscraper stadt ciudad ville urban cyberpunk
city 3: town tokyo york paris london 街 都市
city 2: neon building futuristic traffic dystopian alley architecture
desert 3: desert dune sahara sand wüste desierto désert oasis pyramid
desert 1: mars egypt dry arid savanna safari
space 3: space nebula galaxy planet cosmos universe orbit interstellar milky weltraum espacio
space 3: espace 宇宙 asteroid cosmic
space 2: alien stellar constellation star saturn jupiter sci-fi scifi
meadow 3: garden meadow field flower bloom blossom prairie countryside wiese jardín jardin farm
meadow 3: bouquet 花
meadow 2: spring floral lavender park village grass country bee summer picnic
emblem 1.6: moon full fullmoon portrait
abstract 3: abstract pattern geometric fractal psychedelic wallpaper texture gradient generative
abstract 2: shape swirl fluid vibrant surreal logo icon
""")

WEATHER = _groups("""
rain: rain rainy raining drizzle regen lluvia pluie wet
snowfall: snowfall snowing blizzard snowstorm schnee winter
snow: snow snowy snowcapped icy frozen nieve neige
fog: fog foggy mist misty haze hazy nebel niebla
aurora: aurora borealis polarlicht
stars: star starry stars sterne
moon: moon moonlit moonlight lunar mond luna lune 月
sun: sun sunny sunshine sonne sol soleil 太陽
cloud: cloud cloudy overcast storm stormy thunder
""")

MOODS = _groups("""
sunset: sunset dusk sundown evening twilight atardecer sonnenuntergang abend
dawn: dawn sunrise morning daybreak morgen amanecer aube
golden: golden gold warm amber honey sunlit sepia
night: night midnight nocturnal dark moonlit moonlight starry moon nacht noche nuit 夜
neon: neon cyberpunk synthwave vaporwave electric futuristic cyber glowing retrowave outrun
pastel: pastel soft dreamy kawaii gentle delicate cute whimsical
noir: noir monochrome grayscale greyscale charcoal moody film-noir
vintage: vintage retro antique nostalgic 70s 60s 1950s old-fashioned
abyss: underwater tropical reef coral
biolum: bioluminescent luminous deepsea abyss ethereal
autumn: autumn fall autumnal herbst otoño october harvest rustic
emerald: jungle rainforest lush enchanted mossy verdant
ice: ice icy frozen winter glacier arctic antarctic snow snowy cold frost
cosmos: cosmic nebula galaxy psychedelic mystical magical fantasy
ember: fire lava volcano inferno hell flame burning apocalypse apocalyptic feuer
storm: storm stormy thunder rain rainy gloomy melancholy dramatic fog foggy misty
spring: spring springtime cheerful summer fresh bright sunny happy
aurora: aurora borealis
noon: noon day daylight midday clear blue-sky
""")

STYLES = _groups("""
watercolor: watercolor watercolour aquarell aquarelle acuarela gouache wash
sketch: sketch pencil drawing line lineart outline engraving ink etching doodle graphite
oil: oil impressionist impressionism gogh monet painterly acrylic brushstroke canvas impasto
pixel: pixel pixelart 8bit 8-bit 16-bit 16bit pixelated voxel minecraft
lowpoly: lowpoly polygon polygonal low-poly origami faceted cubist cubism
comic: comic anime manga cartoon pop-art popart halftone ghibli warhol
neon: neon glow glowing synthwave cyberpunk vaporwave
""")

COLOURS = {
    name: code
    for line in """
    red d62839 rot rote roter rotes rojo rouge crimson scarlet ruby 赤 赤い
    orange f77f1e naranja tangerine
    yellow f6c927 gelb amarillo jaune lemon
    green 2f9e58 grün grüner verde vert emerald lime 緑
    teal 119c97 turquoise türkis aqua
    cyan 22c7e8
    blue 2569d8 blau blauer azul bleu azure navy cobalt sapphire 青 青い
    indigo 4438b0
    purple 7b3fc4 lila violet violett morado púrpura lavender amethyst 紫
    magenta d02fb0 fuchsia
    pink f57fb0 rosa rose salmon
    brown 7d4d2c braun marrón marron brun bronze copper
    white f4f2ec weiß weisser blanco blanc ivory 白
    black 1b1a20 schwarz schwarzer negro noir 黒
    grey 8d9096 gray grau gris silver
    gold e0ac3b golden
    """.strip().splitlines()
    for code in [line.split()[1]]
    for name in (line.split()[0], *line.split()[2:])
}

# Phrases are joined to one word before anything is looked up.
PHRASES = {
    "hot air balloon": "balloon",
    "great white": "shark",
    "low poly": "lowpoly",
    "pixel art": "pixelart",
    "pop art": "popart",
    "van gogh": "gogh",
    "deep sea": "deepsea",
    "black and white": "monochrome",
    "golden hour": "golden sunset",
    "8 bit": "8bit",
    "new york": "york",
    "northern lights": "aurora",
    "milky way": "milky",
    "sci fi": "scifi",
    "jelly fish": "jellyfish",
    "science fiction": "scifi",
    "line art": "lineart",
    "golden retriever": "dog",
    "blue sky": "blue-sky",
    "full moon": "moon",
    "space ship": "rocket",
    "sail boat": "boat",
    "christmas tree": "pine",
    "red panda": "fox",
    "solar system": "planet space",
    "great wave": "wave sea",
}

SUBJECTS = _groups("""
shark: shark hai tiburón tiburon requin サメ 鮫 鲨鱼 hammerhead
whale: whale wal ballena baleine orca クジラ
fish: fish fisch pez poisson goldfish clownfish koi 魚
dolphin: dolphin delfin delfín dauphin
turtle: turtle tortoise schildkröte tortuga tortue
jellyfish: jellyfish medusa qualle méduse jelly
boat: boat ship sailboat yacht sail sailing boot schiff barco bateau 船 pirate
lighthouse: lighthouse leuchtturm faro phare 灯台
castle: castle fortress palace schloss burg castillo château 城
house: house cabin cottage home hut haus casa maison barn 家
rocket: rocket spaceship spacecraft rakete cohete fusée shuttle ロケット
balloon: balloon ballon globo heißluftballon
bird: bird eagle seagull gull hawk falcon raven crow swallow vogel pájaro ave oiseau dove parrot
bird: phoenix 鳥
butterfly: butterfly schmetterling mariposa papillon moth 蝶
astronaut: astronaut cosmonaut spaceman 宇宙飛行士 astronauta
fox: fox fuchs zorro renard 狐 キツネ
wolf: wolf coyote husky lobo loup オオカミ
cat: cat kitten katze gato chat kitty 猫
dog: dog puppy hund perro chien 犬
deer: deer stag elk moose reindeer hirsch ciervo cerf antelope 鹿
robot: robot android mech cyborg roboter ロボット ai machine
car: car auto coche voiture automobile sportscar vehicle ferrari porsche taxi 車
tree: tree oak baum árbol arbre sakura willow bonsai 木
flower: flower rose tulip sunflower daisy lotus blume flor fleur orchid poppy lily blossom 花
""")
